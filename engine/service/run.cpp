#include "service/run.hpp"

#include <fmt/format.h>
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <optional>
#include <sstream>
#include <utility>

#include "config/quantity.hpp"
#include "http/server.hpp"
#include "pipeline/pipeline.hpp"
#include "service/control_socket.hpp"
#include "service/deadline.hpp"
#include "service/heartbeat.hpp"
#include "service/service_manager.hpp"
#include "service/signals.hpp"
#include "telemetry/logging.hpp"

namespace penstock::engine {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

// How long a reload waits for a sink that tries again.
constexpr auto kRetryPatience = 2s;
// The least that calls of plugins are given to return, whatever shutdown_timeout is.
constexpr std::chrono::nanoseconds kReturnPatience = 10s;

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
  limit_log(options.max_per_second);
}

std::string what_became(const Accounting& points) {
  std::string text = fmt::format("{} points received, {} stored", points.received, points.stored);
  const std::pair<const char*, uint64_t> others[] = {
      {"filtered", points.filtered},
      {"passed over by the database", points.passed_over},
      {"stored before", points.stored_before},
      {"rejected and kept", points.rejected_kept},
      {"rejected and lost", points.rejected_lost},
      {"discarded with old files of dead letters", points.rejected_discarded},
      {"dropped", points.dropped},
      {"left on disk by a reload", points.left_on_disk}};
  for (const auto& [what, count] : others) {
    if (count > 0) text += fmt::format(", {} {}", count, what);
  }
  return text;
}

class Run {
 public:
  Run(LoadedPipeline loaded, const std::function<LoadedPipeline()>& load, bool is_job)
      : load_(load),
        is_job_(is_job),
        catalog_(std::move(loaded.catalog)),
        pipeline_(std::move(*loaded.pipeline)) {}

  int run() {
    if (!start()) return 1;
    int signal = watch();
    asked_to_end_ = signal != 0;
    if (signal) log().info("{}: writing what was accepted, then ending", strsignal(signal));
    manager_.stopping();
    pipeline_.stop_sources();
    drain(signal != 0 || exit_code_ != 0);
    {
      const Deadline deadline(patience(), "the stop", exit_code_);
      pipeline_.stop_lanes();
      http_.reset();
    }
    const Accounting points = pipeline_.accounting();
    log().info("ended; everything accepted is done: {}", what_became(points));
    if (!points.balanced) {
      log().error("{} points are not accounted for, which is a bug in Penstock", points.in_flight);
    }
    return exit_code_ == 0 && pipeline_.any_source_gave_up() ? 1 : exit_code_;
  }

  bool asked_to_end() const { return asked_to_end_; }

 private:
  const ServiceOptions& service() const { return pipeline_.description().service; }

  std::chrono::nanoseconds patience() const {
    return std::max<std::chrono::nanoseconds>(service().shutdown_timeout, kReturnPatience);
  }

  bool start() {
    const auto ready = pipeline_.prepare().and_then([this] { return start_http(); });
    if (!ready) {
      log().error("{}", ready.error());
      return false;
    }
    pipeline_.start();
    log().info("{} started: {} nodes", service().name, pipeline_.nodes().size());
    return true;
  }

  Result<void> start_http() {
    const auto& http = pipeline_.description().http;
    if (!http) return {};
    auto server = HttpServer::start(*http, pipeline_);
    if (!server) return fail(std::move(server.error()));
    http_ = std::move(*server);
    // A port that monitoring would like is no reason to take nothing in.
    const std::string& fault = http_->probe_fault();
    if (!fault.empty()) log().error("{}; going on without it", fault);
    return {};
  }

  // Until SIGTERM or SIGINT, which it returns; 0 at the end of all sources, or when the process
  // must restart.
  int watch() {
    while (!pipeline_.sources_finished()) {
      heartbeat_.beat();
      if (heartbeat_.must_begin_anew()) {
        log().error("what the deleted intake held is written; exiting to be restarted");
        exit_code_ = 1;
        return 0;
      }
      const int signal = pending_signal_ ? std::exchange(pending_signal_, 0) : signals_.wait(50ms);
      std::vector<ReloadRequest> requests = control_.take();
      if (asks_for_end(signal)) return signal;
      if (signal != SIGHUP && requests.empty()) continue;
      if (const int end = reload(requests)) return end;
    }
    return 0;
  }

  // ---- Reload ----

  // Once for all who ask. Returns a signal that ended it, and with it the run.
  int reload(std::vector<ReloadRequest>& requests) {
    manager_.reloading();
    int signal = 0;
    const Result<std::string> done = change(signal);
    const std::string& words = done ? *done : done.error();
    Reloads& reloads = pipeline_.reloads();
    add(done ? reloads.done : reloads.refused, 1);
    if (done) log().info("reloaded: {}", words);
    else tell_refusal(words);
    for (ReloadRequest& each : requests) each.answer(done.has_value(), words);
    if (signal == 0) manager_.ready();
    return signal;
  }

  // A line of the log for each of its lines.
  static void tell_refusal(const std::string& words) {
    std::istringstream lines("not reloaded, still running the previous configuration: " + words);
    for (std::string line; std::getline(lines, line);) log().error("{}", line);
  }

  // What has changed, in words. When it fails, nothing has.
  Result<std::string> change(int& signal) {
    LoadedPipeline next = load_();
    if (!next.pipeline) return fail("the file has errors:\n" + next.problems.text());
    auto http = HttpChange::prepare(http_.get(), next.pipeline->http, pipeline_);
    if (!http) return fail(std::move(http.error()));
    const LoggingOptions logging = next.pipeline->logging;
    const auto prepared = pipeline_.prepare_change(std::move(*next.pipeline));
    if (!prepared) return fail(prepared.error());

    log().info("reload: configuration valid; draining, then switching");
    const auto begin = Clock::now();
    pipeline_.hold();
    wait_for_flow(begin, signal);
    const auto may_change =
        signal ? fail(fmt::format("{} came first", strsignal(signal)))
               : may_leave().and_then([&] { return http->commit(http_, pipeline_); });
    if (!may_change) {
      pipeline_.forget_change();
      return fail(may_change.error());
    }
    pipeline_.end_leaving();
    const bool drained = drain_for_change(begin);
    std::optional<Deadline> deadline(std::in_place, patience(), "the reload", 1);
    const auto changed = pipeline_.change(drained, [&] { deadline.reset(); });
    if (!changed) end_now("cannot go on: " + changed.error(), 1);
    const std::chrono::duration<double> pause = Clock::now() - begin;
    pipeline_.reloads().last_pause_s = pause.count();
    catalog_ = std::move(next.catalog);
    apply(logging);
    return what_changed(pause, *changed);
  }

  bool has_waited(Clock::time_point begin) const {
    const auto waited = Clock::now() - begin;
    return waited > service().shutdown_timeout ||
           (waited > kRetryPatience && pipeline_.is_retrying());
  }

  // Until the graph is empty, or its time is up. Nothing has changed yet, so it can still continue.
  void wait_for_flow(Clock::time_point begin, int& signal) {
    while (!pipeline_.drain() && !has_waited(begin)) {
      heartbeat_.beat();
      const int next = signals_.wait(5ms);
      if (asks_for_end(next)) {
        signal = next;
        return;
      }
      keep_for_later(next);  // a file that changes meanwhile is taken afterwards
    }
  }

  Result<void> may_leave() const {
    const uint64_t messages = pipeline_.leaving_in_memory();
    if (messages == 0) return {};
    return fail(fmt::format(
        "a source that the file changes holds {} messages in memory, which cannot be written now; "
        "reload once they are",
        messages));
  }

  // Until the graph is empty, which it says, or has been brought to a halt because it does not
  // come to an end: then what was on its way begins again in the changed one. What a source that is
  // taken away had promised last, and only memory holds, is waited for until the end is asked for.
  bool drain_for_change(Clock::time_point begin) {
    bool halting = false;
    std::optional<Deadline> deadline;
    while (halting ? !pipeline_.lanes_stopped() : !pipeline_.drain()) {
      heartbeat_.beat();
      keep_for_later(signals_.wait(5ms));
      const bool waits_for_memory =
          pipeline_.leaving_in_memory(true) > 0 && !asks_for_end(pending_signal_);
      if (halting || waits_for_memory || !has_waited(begin)) continue;
      if (!deadline) deadline.emplace(patience(), "the reload", 1);
      if (!pipeline_.leaving_stopped()) continue;
      halting = true;
      pipeline_.stop_lanes_early();
    }
    return !halting;
  }

  // An end that was asked for is not forgotten for a reload, and when it is asked for once more,
  // not waited for.
  void keep_for_later(int signal) {
    if (asks_for_end(signal) && asks_for_end(pending_signal_)) {
      end_now("second signal, ending at once", 128 + signal);
    }
    if (signal && (pending_signal_ == 0 || pending_signal_ == SIGHUP)) pending_signal_ = signal;
  }

  std::string what_changed(std::chrono::duration<double> pause, const Pipeline::Changed& changed) {
    std::string words = fmt::format(
        "{} nodes; the flow paused for {:.0f} ms, {} went on receiving", pipeline_.nodes().size(),
        1000 * pause.count(),
        changed.sources_kept == 1 ? "1 source" : fmt::format("{} sources", changed.sources_kept));
    if (changed.dispatched_again > 0) {
      words += fmt::format("; {} messages that could not be stored are dispatched again",
                           changed.dispatched_again);
    }
    if (changed.lost > 0) {
      exit_code_ = kUndone;
      log().error("{} messages that a source held in memory are lost by the reload", changed.lost);
    }
    if (changed.left_on_disk > 0) {
      words += fmt::format(
          "; {} messages were in the intakes of sources that ended, where they "
          "stay on disk",
          changed.left_on_disk);
    }
    return words;
  }

  // ---- The end ----

  // Writes what was accepted. `asked`: a signal asked for the end.
  void drain(bool asked) {
    const auto timeout = service().shutdown_timeout;
    std::optional<Clock::time_point> deadline;
    if (asked) deadline = Clock::now() + timeout;
    while (!pipeline_.drain()) {
      heartbeat_.beat();
      if (deadline && (Clock::now() > *deadline || waits_in_vain())) {
        end_now(why_now(timeout), exit_code_);
      }
      const int next = signals_.wait(10ms);
      if (next == 0 || next == SIGHUP) continue;
      asked_to_end_ = true;
      if (deadline) end_now("second signal, ending at once", 128 + next);
      deadline = Clock::now() + timeout;
    }
  }

  // A sink tries again and again, and what it has to write is also on disk.
  bool waits_in_vain() const {
    return pipeline_.undone_in_memory() == 0 && pipeline_.is_retrying();
  }

  std::string why_now(std::chrono::nanoseconds timeout) const {
    if (waits_in_vain()) return "not waiting for a sink that is retrying";
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
    }
    if (code == 0 && (lost > 0 || (is_job_ && undone > 0))) code = kUndone;
    if (undone == 0) log().error("{}", why);
    log().flush();
    _exit(code);
  }

  const std::function<LoadedPipeline()>& load_;
  const bool is_job_;
  Signals signals_;  // before any thread starts
  int pending_signal_ = 0;
  bool asked_to_end_ = false;
  int exit_code_ = 0;
  std::unique_ptr<Catalog> catalog_;  // outlives what its plugins made
  Pipeline pipeline_;
  std::unique_ptr<HttpServer> http_;
  ControlSocket control_;
  ServiceManager manager_;
  Heartbeat heartbeat_{pipeline_, manager_};
};

}  // namespace

int run_pipeline(LoadedPipeline loaded, const std::function<LoadedPipeline()>& load,
                 bool* asked_to_end) {
  tune_allocator();
  apply(loaded.pipeline->logging);
  for (const Problem& problem : loaded.problems.sorted()) {
    if (problem.severity != Severity::kWarning) continue;  // notes are for `penstock check`
    log().warn("{}: {}", loaded.problems.place_of(problem), problem.message);
  }
  Run run(std::move(loaded), load, asked_to_end != nullptr);
  const int code = run.run();
  if (asked_to_end) *asked_to_end = run.asked_to_end();
  return code;
}

}  // namespace penstock::engine
