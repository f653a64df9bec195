#include "trial.hpp"

#include <penstock/context.hpp>
#include <penstock/testing/host.hpp>

#include <unistd.h>

#include <chrono>
#include <string_view>

#include "mqtt_text.hpp"
#include "receiver.hpp"

namespace mqtt_source {
namespace {

constexpr std::string_view kShare = "$share/";

bool is_healthy(const penstock::testing::Host& host) {
  return host.health().health == PENSTOCK_HEALTHY;
}

// The last one; empty: none.
std::string trouble_of(const penstock::testing::Host& host) {
  std::string trouble;
  for (const penstock::testing::Health& health : host.healths()) {
    if (health.health == PENSTOCK_DEGRADED) trouble = health.detail;
  }
  return trouble;
}

}  // namespace

TrialResult try_receiver(const Options& options) {
  penstock::testing::Settings settings;
  settings.node = settings.service = "penstock check";
  settings.intake = PENSTOCK_INTAKE_DISK;  // acknowledged at once
  penstock::testing::Host host(std::move(settings));
  host.keep_messages(false);
  host.give_memory(false);
  penstock::Context context(*host.settings().c(), host.functions(), host.context());
  // A second attempt for brokers that do not support the first version.
  const int attempts = options.protocol == Protocol::kAuto ? 2 : 1;
  const std::unique_ptr<Receiver> receiver = make_receiver(options, context);
  receiver->start();
  host.wait([&] { return is_healthy(host) || !trouble_of(host).empty(); },
            attempts * options.connect_timeout + std::chrono::seconds(attempts));
  receiver->stop();
  TrialResult result;
  result.granted = "MQTT " + host.label(kProtocol) + ", " + host.label(kGranted);
  for (const penstock::testing::LogLine& line : host.log()) {
    if (line.level == PENSTOCK_LOG_WARNING) result.warnings.push_back(line.text);
  }
  if (is_healthy(host)) return result;
  result.trouble = trouble_of(host);
  if (result.trouble.empty()) result.trouble = "no answer in time";
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
