#include "run.hpp"

#include <fmt/format.h>
#include <malloc.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <ctime>
#include <optional>

#include "config/quantity.hpp"
#include "graph/pipeline.hpp"
#include "http/server.hpp"
#include "telemetry/logging.hpp"

namespace penstock::engine {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr int kUndone = 2;

// SIGTERM and SIGINT, blocked in every thread and taken here one by one.
class Signals {
 public:
  Signals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGTERM);
    sigaddset(&set_, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
  }
  // The next signal, or 0 after `time`.
  int wait(std::chrono::milliseconds time) {
    const timespec timeout{time.count() / 1000, (time.count() % 1000) * 1'000'000};
    const int signal = sigtimedwait(&set_, nullptr, &timeout);
    return signal > 0 ? signal : 0;
  }

 private:
  sigset_t set_;
};

// Batches come and go in sizes that glibc would map and unmap one by one, which costs a
// page fault for each 4 KiB of every batch; and an arena a thread would keep memory that
// the next thread cannot use.
void tune_allocator() {
  mallopt(M_MMAP_THRESHOLD, 64 << 20);
  mallopt(M_TRIM_THRESHOLD, 16 << 20);
  mallopt(M_ARENA_MAX, 2);
}

void apply(const LoggingOptions& options) {
  constexpr spdlog::level::level_enum kLevels[] = {spdlog::level::debug, spdlog::level::info,
                                                   spdlog::level::warn, spdlog::level::err};
  set_up_logging(kLevels[static_cast<int>(options.level)], options.format == LogFormat::kJson);
}

// Ends the process now, with work undone: a plugin may be inside a call that doesn't return.
[[noreturn]] void end_now(Pipeline& pipeline, const std::string& why, int code) {
  pipeline.abandon();
  const uint64_t undone = pipeline.undone(), lost = pipeline.undone_in_memory();
  if (undone > lost) {
    log().warn("{}: {} accepted messages stay in the intake until the next start", why,
               undone - lost);
  }
  if (lost > 0) {
    log().error("{}: {} accepted messages are not written", why, lost);
    if (code == 0) code = kUndone;
  }
  log().flush();
  _exit(code);
}

// Writes what was accepted. `deadline` is set when a signal asked for the end.
void drain(Pipeline& pipeline, Signals& signals, std::optional<Clock::time_point> deadline,
           std::chrono::nanoseconds timeout) {
  while (!pipeline.drain()) {
    if (deadline && Clock::now() > *deadline) {
      end_now(pipeline,
              fmt::format("shutdown_timeout of {} has passed", format_duration(timeout.count())),
              0);
    }
    const int signal = signals.wait(10ms);
    if (!signal) continue;
    if (deadline) {
      end_now(pipeline, "second signal, ending at once", 128 + signal);
    }
    deadline = Clock::now() + timeout;
  }
}

}  // namespace

int run_pipeline(const PipelineDescription& description) {
  tune_allocator();
  apply(description.logging);
  Signals signals;

  Pipeline pipeline(description);
  std::string error;
  if (!pipeline.prepare(error)) {
    log().error("{}", error);
    return 1;
  }
  std::unique_ptr<HttpServer> http;
  if (description.http) {
    http = HttpServer::start(description.http->listen, pipeline, error);
    if (!http) {
      log().error("{}", error);
      return 1;
    }
    log().info("status at http://{}/status", http->address());
  }
  pipeline.start();
  log().info("{} started: {} nodes", description.service.name, description.nodes.size());

  int signal = 0;
  while (!signal && !pipeline.sources_finished()) signal = signals.wait(50ms);
  std::optional<Clock::time_point> deadline;
  const auto timeout = description.service.shutdown_timeout;
  if (signal) {
    log().info("{}: writing what was accepted, then ending", strsignal(signal));
    deadline = Clock::now() + timeout;
  }
  pipeline.stop_sources();
  drain(pipeline, signals, deadline, timeout);
  pipeline.stop_lanes();
  http.reset();
  log().info("ended; everything accepted is done");
  return 0;
}

}  // namespace penstock::engine
