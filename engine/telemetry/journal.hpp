// The log as entries of the systemd journal, with the level and the node as fields.
#pragma once

#include <spdlog/details/null_mutex.h>
#include <spdlog/sinks/base_sink.h>

namespace penstock::engine {

// Whether a journal takes entries on this machine.
bool journal_listens();

// A line becomes MESSAGE, PRIORITY, SYSLOG_IDENTIFIER and, for a node's, PENSTOCK_NODE.
// No lock: sd_journal_sendv sends one datagram.
class JournalSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 protected:
  void sink_it_(const spdlog::details::log_msg& message) override;
  void flush_() override {}
};

}  // namespace penstock::engine
