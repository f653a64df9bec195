#include "telemetry/logging.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "telemetry/journal.hpp"
#include "telemetry/limited_sink.hpp"
#include "telemetry/printable.hpp"
#include "telemetry/utc_text.hpp"

namespace penstock::engine {
namespace {

std::string timestamp(std::chrono::system_clock::time_point time) {
  return utc_text(std::chrono::floor<std::chrono::microseconds>(time), 3);
}

const char* level_name(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::debug: return "debug";
    case spdlog::level::warn: return "warning";
    case spdlog::level::err: return "error";
    default: return "info";
  }
}

// One line, whatever is in it.
void append_line(const std::string& text, spdlog::memory_buf_t& to) {
  const std::string line = printable(text) + "\n";
  to.append(line.data(), line.data() + line.size());
}

class JsonFormatter final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& to) override {
    nlohmann::ordered_json line;
    line["time"] = timestamp(message.time);
    line["level"] = level_name(message.level);
    if (message.logger_name.size() > 0) {
      line["node"] = std::string(message.logger_name.data(), message.logger_name.size());
    }
    line["message"] = std::string(message.payload.data(), message.payload.size());
    append_line(line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace), to);
  }
  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<JsonFormatter>();
  }
};

class TextFormatter final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& to) override {
    const std::string_view node(message.logger_name.data(), message.logger_name.size());
    append_line(fmt::format("{} {:<7} {}{}{}", timestamp(message.time), level_name(message.level),
                            node, node.empty() ? "" : ": ",
                            std::string_view(message.payload.data(), message.payload.size())),
                to);
  }
  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<TextFormatter>();
  }
};

struct Log {
  std::shared_ptr<LimitedSink> sink =
      std::make_shared<LimitedSink>(std::make_shared<spdlog::sinks::stderr_sink_mt>());
  spdlog::level::level_enum level = spdlog::level::info;
  spdlog::logger engine{"", sink};

  Log() { sink->set_formatter(std::make_unique<TextFormatter>()); }
};

Log& the_log() {
  static Log log;
  return log;
}

}  // namespace

void set_up_logging(spdlog::level::level_enum level, LogFormat format) {
  Log& log = the_log();
  log.level = level;
  if (format == LogFormat::kJson) {
    log.sink->set_formatter(std::make_unique<JsonFormatter>());
  } else if (format == LogFormat::kJournal && journal_listens()) {
    log.sink->write_to(std::make_shared<JournalSink>());
  } else {
    log.sink->set_formatter(std::make_unique<TextFormatter>());
  }
  log.engine.set_level(level);
}

void limit_log(int64_t most_per_second) { the_log().sink->set_most_per_second(most_per_second); }

uint64_t log_lines_suppressed() { return the_log().sink->suppressed(); }

spdlog::logger& log() { return the_log().engine; }

std::shared_ptr<spdlog::logger> node_log(const std::string& node) {
  auto logger = std::make_shared<spdlog::logger>(node, the_log().sink);
  logger->set_level(the_log().level);
  return logger;
}

}  // namespace penstock::engine
