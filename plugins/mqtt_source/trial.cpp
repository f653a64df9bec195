#include "trial.hpp"

#include <penstock/context.hpp>

#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string_view>

#include "mqtt_text.hpp"
#include "receiver.hpp"

// The engine's side of a receiver that is only tried: it hears how it fares, and takes nothing.
struct penstock_context {
  std::mutex mutex;
  std::condition_variable changed;
  bool healthy = false;
  std::string trouble;
  std::vector<std::string> warnings;
  std::string protocol, granted;
};

namespace mqtt_source {
namespace {

constexpr std::string_view kShare = "$share/";

std::string text_of(penstock_text text) { return {text.data, text.size}; }

void log(penstock_context* trial, int32_t level, penstock_text message) {
  if (level != PENSTOCK_LOG_WARNING) return;
  const std::lock_guard lock(trial->mutex);
  trial->warnings.push_back(text_of(message));
}

void set_health(penstock_context* trial, int32_t health, penstock_text detail) {
  const std::lock_guard lock(trial->mutex);
  trial->healthy = health == PENSTOCK_HEALTHY;
  if (health == PENSTOCK_DEGRADED) trial->trouble = text_of(detail);
  trial->changed.notify_all();
}

void label(penstock_context* trial, uint32_t metric, penstock_text value) {
  const std::lock_guard lock(trial->mutex);
  if (metric == kProtocol) trial->protocol = text_of(value);
  if (metric == kGranted) trial->granted = text_of(value);
}

size_t append(penstock_context*, const penstock_source_message*, size_t count, uint32_t,
              uint64_t* position) {
  if (position) *position = 0;
  return count;
}

penstock_host host() {
  penstock_host host = {};
  host.size = sizeof(host);
  host.abi_minor = PENSTOCK_ABI_MINOR;
  host.log = log;
  host.set_health = set_health;
  host.metric_add = [](penstock_context*, uint32_t, double) {};
  host.metric_set = [](penstock_context*, uint32_t, double) {};
  host.metric_observe = [](penstock_context*, uint32_t, double) {};
  host.metric_label = label;
  host.set_error = [](penstock_context*, penstock_text) {};
  host.append_messages = append;
  host.wait_for_space = [](penstock_context*, int64_t) { return int32_t{1}; };
  host.keep = [](penstock_context*, const char*, size_t, int32_t*) -> void* { return nullptr; };
  host.drop = [](penstock_context*, uint64_t) {};
  return host;
}

}  // namespace

TrialResult try_receiver(const Options& options) {
  const penstock_host functions = host();
  penstock_settings settings = {};
  settings.size = sizeof(settings);
  settings.parallelism = 1;
  settings.node = settings.service = "penstock check";
  settings.intake = PENSTOCK_INTAKE_DISK;  // acknowledged at once
  penstock_context trial;
  penstock::Context context(settings, &functions, &trial);
  // A broker that does not know the version of the first attempt is asked once more.
  const int attempts = options.protocol == Protocol::kAuto ? 2 : 1;
  const auto deadline = std::chrono::steady_clock::now() + attempts * options.connect_timeout +
                        std::chrono::seconds(attempts);
  const std::unique_ptr<Receiver> receiver = make_receiver(options, context);
  receiver->start();
  {
    std::unique_lock lock(trial.mutex);
    trial.changed.wait_until(lock, deadline,
                             [&] { return trial.healthy || !trial.trouble.empty(); });
  }
  receiver->stop();
  const std::lock_guard lock(trial.mutex);
  TrialResult result{trial.trouble, trial.warnings,
                     "MQTT " + trial.protocol + ", " + trial.granted};
  if (trial.healthy) result.trouble.clear();
  else if (result.trouble.empty()) result.trouble = "no answer in time";
  return result;
}

Options without_disturbance(Options options) {
  const std::string mark = "-check-" + std::to_string(getpid());
  options.client_id = std::string(cut_text(options.client_id, kMostTextBytes - mark.size())) + mark;
  options.clean_session = true;
  options.session_expiry = {};
  options.connections = 1;
  for (std::string& topic : options.topics) {
    const size_t slash = topic.starts_with(kShare) ? topic.find('/', kShare.size()) : topic.npos;
    if (slash == topic.npos) continue;
    const std::string_view group =
        std::string_view(topic).substr(kShare.size(), slash - kShare.size());
    const size_t others = topic.size() - group.size() + mark.size();
    const size_t most = kMostTextBytes > others ? kMostTextBytes - others : 0;
    topic.replace(kShare.size(), group.size(), std::string(cut_text(group, most)) + mark);
  }
  return options;
}

Options without_groups(Options options) {
  for (std::string& topic : options.topics) {
    const size_t slash = topic.starts_with(kShare) ? topic.find('/', kShare.size()) : topic.npos;
    if (slash != topic.npos) topic.erase(0, slash + 1);
  }
  return options;
}

}  // namespace mqtt_source
