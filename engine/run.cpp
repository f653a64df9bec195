#include "run.hpp"

#include <fmt/format.h>
#include <linux/close_range.h>
#include <malloc.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <ctime>
#include <optional>

#include "config/quantity.hpp"
#include "graph/pipeline.hpp"
#include "heartbeat.hpp"
#include "http/server.hpp"
#include "service_manager.hpp"
#include "telemetry/logging.hpp"

namespace penstock::engine {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr int kUndone = 2;

// SIGTERM, SIGINT and SIGHUP, blocked in every thread and taken here one by one.
class Signals {
 public:
  Signals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGTERM);
    sigaddset(&set_, SIGINT);
    sigaddset(&set_, SIGHUP);
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
  set_up_logging(kLevels[static_cast<int>(options.level)], options.format);
}

std::string what_became(const Accounting& points) {
  std::string text = fmt::format("{} points received, {} stored", points.received, points.stored);
  const std::pair<const char*, uint64_t> others[] = {{"filtered", points.filtered},
                                                     {"rejected and kept", points.rejected_kept},
                                                     {"rejected and lost", points.rejected_lost},
                                                     {"dropped", points.dropped}};
  for (const auto& [what, count] : others) {
    if (count > 0) text += fmt::format(", {} {}", count, what);
  }
  return text;
}

class Run {
 public:
  Run(const PipelineDescription& description, const std::function<LoadedPipeline()>& load,
      char** argv)
      : description_(description), load_(load), argv_(argv), pipeline_(description) {}

  int run() {
    if (!start()) return 1;
    int signal = watch();
    if (signal == SIGHUP) log().info("begins anew with the changed file");
    if (signal == SIGTERM || signal == SIGINT) {
      log().info("{}: writing what was accepted, then ending", strsignal(signal));
    }
    if (signal != SIGHUP) manager_.stopping();
    pipeline_.stop_sources();
    signal = drain(signal);
    if (signal == SIGHUP) begin_anew();
    pipeline_.stop_lanes();
    http_.reset();
    const Accounting points = pipeline_.accounting();
    log().info("ended; everything accepted is done: {}", what_became(points));
    if (!points.balanced) {
      log().error("{} points are not accounted for, which is a bug of Penstock", points.in_flight);
    }
    return 0;
  }

 private:
  bool start() {
    std::string error;
    if (!pipeline_.prepare(error)) {
      log().error("{}", error);
      return false;
    }
    if (description_.http) {
      http_ = HttpServer::start(description_.http->listen, pipeline_, error);
      if (!http_) {
        log().error("{}", error);
        return false;
      }
      log().info("status at http://{}/status", http_->address());
    }
    pipeline_.start();
    log().info("{} started: {} nodes", description_.service.name, description_.nodes.size());
    return true;
  }

  // Until a signal that ends this run, which it returns, or 0 at the end of all sources.
  int watch() {
    while (!pipeline_.sources_finished()) {
      heartbeat_.beat();
      const int signal = signals_.wait(50ms);
      if (signal == SIGHUP && !file_is_well()) continue;
      if (signal) return signal;
    }
    return 0;
  }

  bool file_is_well() {
    manager_.reloading();
    const LoadedPipeline changed = load_();
    if (changed.pipeline) return true;
    log().error("not reloaded, the pipeline goes on as it was:\n{}", changed.problems.text());
    manager_.ready();
    return false;
  }

  // Writes what was accepted. `signal` is what asked for the end, if anything did; returns what
  // holds now, for an end may be asked for while a reload still writes.
  int drain(int signal) {
    const auto timeout = description_.service.shutdown_timeout;
    std::optional<Clock::time_point> deadline;
    if (signal) deadline = Clock::now() + timeout;
    while (!pipeline_.drain()) {
      heartbeat_.beat();
      if (deadline && (Clock::now() > *deadline || waits_in_vain())) {
        if (signal != SIGHUP) end_now(why_now(timeout), 0);
        // What only memory holds is waited for: nobody asked for an end.
        if (pipeline_.undone_in_memory() == 0) return signal;
      }
      const int next = signals_.wait(10ms);
      if (next == 0 || next == SIGHUP) continue;
      if (deadline && signal != SIGHUP) end_now("second signal, ending at once", 128 + next);
      deadline = Clock::now() + timeout;
      signal = next;
      manager_.stopping();
    }
    return signal;
  }

  // A sink tries again and again, and what it has to write is on disk as well.
  bool waits_in_vain() const {
    return pipeline_.undone_in_memory() == 0 && pipeline_.is_retrying();
  }

  std::string why_now(std::chrono::nanoseconds timeout) const {
    if (waits_in_vain()) return "not waiting for a sink that tries again";
    return fmt::format("shutdown_timeout of {} has passed", format_duration(timeout.count()));
  }

  // Ends the process now, with work undone: a plugin may be inside a call that doesn't return.
  [[noreturn]] void end_now(const std::string& why, int code) {
    pipeline_.abandon();
    const uint64_t undone = pipeline_.undone(), lost = pipeline_.undone_in_memory();
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

  // The same process with a new image. What is undone is on disk; a lane may be inside a call
  // that doesn't return, so nothing is taken down.
  [[noreturn]] void begin_anew() {
    pipeline_.abandon();
    log().flush();
    close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
    execv("/proc/self/exe", argv_);
    log().error("cannot begin anew: {}", std::strerror(errno));
    _exit(1);
  }

  const PipelineDescription& description_;
  const std::function<LoadedPipeline()>& load_;
  char** const argv_;
  Signals signals_;  // before any thread starts
  Pipeline pipeline_;
  std::unique_ptr<HttpServer> http_;
  ServiceManager manager_;
  Heartbeat heartbeat_{pipeline_, manager_};
};

}  // namespace

int run_pipeline(const PipelineDescription& description,
                 const std::function<LoadedPipeline()>& load, char** argv) {
  tune_allocator();
  apply(description.logging);
  return Run(description, load, argv).run();
}

}  // namespace penstock::engine
