#include "telemetry/journal.hpp"

#include <fmt/format.h>
#include <sys/uio.h>
#include <syslog.h>
#include <unistd.h>

// Our own fields instead of this file's name and line.
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

#include <string>
#include <string_view>

#include "telemetry/printable.hpp"

namespace penstock::engine {
namespace {

int priority(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::debug: return LOG_DEBUG;
    case spdlog::level::warn: return LOG_WARNING;
    case spdlog::level::err: return LOG_ERR;
    default: return LOG_INFO;
  }
}

iovec field(std::string& text) { return {text.data(), text.size()}; }

}  // namespace

bool journal_listens() { return access("/run/systemd/journal/socket", W_OK) == 0; }

void JournalSink::sink_it_(const spdlog::details::log_msg& message) {
  const std::string_view node(message.logger_name.data(), message.logger_name.size());
  const std::string_view text(message.payload.data(), message.payload.size());
  std::string identifier = "SYSLOG_IDENTIFIER=penstock";
  std::string level = fmt::format("PRIORITY={}", priority(message.level));
  std::string line = fmt::format("MESSAGE={}{}{}", node, node.empty() ? "" : ": ", printable(text));
  std::string of_node = fmt::format("PENSTOCK_NODE={}", node);
  const iovec fields[] = {field(identifier), field(level), field(line), field(of_node)};
  sd_journal_sendv(fields, node.empty() ? 3 : 4);
}

}  // namespace penstock::engine
