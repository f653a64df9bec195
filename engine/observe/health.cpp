#include "observe/health.hpp"

#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "telemetry/utc_text.hpp"

namespace penstock::engine {
namespace {

using Json = nlohmann::ordered_json;

const char* health_name(int32_t health) {
  switch (health) {
    case PENSTOCK_HEALTHY: return "healthy";
    case PENSTOCK_STARTING: return "starting";
    default: return "degraded";
  }
}

std::string timestamp(const Snapshot& snapshot) {
  return utc_text(UtcTime(std::chrono::seconds(snapshot.time)), 0);
}

StateReport report(bool is_good, const Json& body) {
  return {is_good, body.dump(2, ' ', false, Json::error_handler_t::replace)};
}

}  // namespace

StateReport health_report(const Snapshot& snapshot) {
  bool healthy = true;
  Json components = Json::object();
  for (const NodeReading& node : snapshot.nodes) {
    healthy = healthy && node.health.health == PENSTOCK_HEALTHY;
    Json component{{"status", health_name(node.health.health)}};
    if (!node.health.detail.empty()) component["message"] = node.health.detail;
    components[node.name()] = component;
  }
  return report(healthy, {{"status", healthy ? "healthy" : "degraded"},
                          {"timestamp", timestamp(snapshot)},
                          {"components", components}});
}

StateReport live_report(const Snapshot& snapshot) {
  return report(!snapshot.is_stalled, {{"status", snapshot.is_stalled ? "stalled" : "alive"},
                                       {"timestamp", timestamp(snapshot)}});
}

StateReport ready_report(const Snapshot& snapshot) {
  Json missing = Json::object();
  for (const NodeReading& node : snapshot.nodes) {
    const HealthReading& health = node.health;
    if (health.health == PENSTOCK_HEALTHY) continue;
    missing[node.name()] = health.detail.empty() ? health_name(health.health) : health.detail;
  }
  Json body{{"status", missing.empty() ? "ready" : "not ready"},
            {"timestamp", timestamp(snapshot)}};
  if (!missing.empty()) body["missing"] = missing;
  return report(missing.empty(), body);
}

}  // namespace penstock::engine
