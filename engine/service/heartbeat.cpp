#include "service/heartbeat.hpp"

#include <fmt/format.h>

#include "config/quantity.hpp"
#include "telemetry/logging.hpp"

namespace penstock::engine {
namespace {

using namespace std::chrono_literals;

constexpr auto kStatusEvery = 2s;
constexpr auto kLookEvery = 100ms;
constexpr auto kWatchEvery = 1s;

// Half of the interval is what sd_watchdog_enabled(3) recommends; a third leaves room for one miss.
std::chrono::microseconds check_interval(std::chrono::microseconds watchdog) {
  constexpr std::chrono::microseconds kUnwatched = 20s;
  return watchdog.count() > 0 ? watchdog / 3 : kUnwatched;
}

}  // namespace

Heartbeat::Heartbeat(Pipeline& pipeline, ServiceManager& manager)
    : pipeline_(pipeline),
      manager_(manager),
      progress_(pipeline),
      check_every_(check_interval(manager.watchdog())),
      checked_at_(Clock::now()),
      looked_at_(Clock::now()),
      watched_at_(Clock::now()),
      told_at_(Clock::now()) {}

void Heartbeat::beat() {
  const auto now = Clock::now();
  // What an earlier process left in the intake was not received just now.
  if (!received_) received_ = pipeline_.accounting().received;
  if (!ready_) tell_ready();
  if (now - looked_at_ >= kLookEvery) look_for_stalls(now);
  if (now - watched_at_ >= kWatchEvery) {
    watched_at_ = now;
    progress_.look();
    must_begin_anew_ = pipeline_.must_begin_anew();
  }
  if (now - checked_at_ >= check_every_) tell_alive(now);
  if (now - told_at_ >= kStatusEvery) tell_status(now);
}

void Heartbeat::look_for_stalls(Clock::time_point now) {
  looked_at_ = now;
  const auto after = pipeline_.description().service.stall_after;
  for (const auto& node : pipeline_.nodes()) {
    for (const auto& instance : node->instances()) instance->check_stall(after);
  }
}

// A node that tries again has begun: the service is up although the other side is away.
void Heartbeat::tell_ready() {
  for (const auto& node : pipeline_.nodes()) {
    if (node->health().health == PENSTOCK_STARTING) return;
  }
  ready_ = true;
  manager_.ready();
}

void Heartbeat::tell_alive(Clock::time_point now) {
  checked_at_ = now;
  const bool stalled = !progress_.check();
  if (stalled && !pipeline_.is_stalled()) {
    log().error("no progress for {} s with work queued; {}",
                std::chrono::duration_cast<std::chrono::seconds>(check_every_).count(),
                manager_.watchdog().count() > 0
                    ? "if this continues, the service manager will restart the service"
                    : "/status shows in which node it is queued");
  }
  pipeline_.set_stalled(stalled);
  if (!stalled) manager_.alive();
}

void Heartbeat::tell_status(Clock::time_point now) {
  const double seconds = std::chrono::duration<double>(now - told_at_).count();
  const uint64_t received = pipeline_.accounting().received, undone = pipeline_.undone();
  const auto rate = static_cast<uint64_t>(static_cast<double>(received - *received_) / seconds);
  std::string line = fmt::format("{} points/s received, {} messages wait to be stored",
                                 format_grouped(static_cast<int64_t>(rate)),
                                 format_grouped(static_cast<int64_t>(undone)));
  for (const auto& node : pipeline_.nodes()) {
    const HealthReading health = node->health();
    if (health.health == PENSTOCK_DEGRADED) {
      line += fmt::format("; {}: {}", node->name(), health.detail);
    }
  }
  manager_.status(line);
  told_at_ = now;
  received_ = received;
}

}  // namespace penstock::engine
