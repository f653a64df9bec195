// The log: to standard error, as text or one JSON object a line.
#pragma once

#include <spdlog/logger.h>

#include <memory>
#include <string>

namespace penstock::engine {

// Sets the process-wide log up; before this, it is text at level info.
void set_up_logging(spdlog::level::level_enum level, bool json);

// The engine's own log.
spdlog::logger& log();

// A node's log; its lines carry the node's name.
std::shared_ptr<spdlog::logger> node_log(const std::string& node);

}  // namespace penstock::engine
