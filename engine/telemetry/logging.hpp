// The log: to standard error, as text or one JSON object a line, or to the systemd journal.
#pragma once

#include <spdlog/logger.h>

#include <memory>
#include <string>

namespace penstock::engine {

enum class LogFormat { kText, kJson, kJournal };

// Sets the process-wide log up; before this, it is text at level info. Where no journal listens,
// kJournal is text.
void set_up_logging(spdlog::level::level_enum level, LogFormat format);
// The most lines of one kind a second (limited_sink.hpp), and how many were left out so far.
void limit_log(int64_t most_per_second);
uint64_t log_lines_suppressed();

// The engine's own log.
spdlog::logger& log();

// A node's log; its lines carry the node's name.
std::shared_ptr<spdlog::logger> node_log(const std::string& node);

}  // namespace penstock::engine
