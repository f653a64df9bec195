#include "telemetry/limited_sink.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/ostream_sink.h>

#include <sstream>
#include <thread>
#include "catch.hpp"

using penstock::engine::LimitedSink;
using namespace std::chrono_literals;

namespace {

struct Log {
  std::ostringstream text;
  std::shared_ptr<LimitedSink> sink =
      std::make_shared<LimitedSink>(std::make_shared<spdlog::sinks::ostream_sink_mt>(text));
  spdlog::logger logger{"node", sink};

  size_t lines(const std::string& part) const {
    const std::string all = text.str();
    size_t count = 0;
    for (size_t at = 0; (at = all.find(part, at)) != std::string::npos; ++at) ++count;
    return count;
  }
};

}  // namespace

TEST_CASE("of many lines that differ in numbers only a few are written, and the rest is counted") {
  Log log;
  log.sink->set_most_per_second(3);
  // Over how many seconds they come is the machine's matter.
  for (int i = 0; i < 10'000; ++i) log.logger.warn("row {} is wrong", i);
  const size_t written = log.lines(" is wrong");
  CHECK(written >= 3);
  CHECK(log.sink->suppressed() + written >= 10'000);
  CHECK(log.sink->suppressed() > 1'000);
  log.logger.warn("another line");
  CHECK(log.lines("another line") == 1);
  log.logger.flush();
  CHECK(log.lines("more lines like this were left out (logging.max_per_second): row 9999") == 1);
}

TEST_CASE("lines that differ in what came from outside are limited, too") {
  Log log;
  log.sink->set_most_per_second(1);
  for (int i = 0; i < 100'000; ++i) {
    std::string name;
    for (int rest = i; rest > 0; rest /= 26) name += static_cast<char>('a' + rest % 26);
    log.logger.warn("topic {}", name);
  }
  CHECK(log.sink->suppressed() > 10'000);
}
