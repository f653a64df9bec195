// /health, /health/live and /health/ready.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>
#include <nlohmann/json.hpp>

#include "http/endpoints.hpp"

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

HttpReply json_reply(int status, const Json& body) {
  return {status, "application/json",
          body.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"};
}

std::string now() { return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr))); }

}  // namespace

HttpReply health_reply(const Pipeline& pipeline) {
  bool healthy = true;
  Json components = Json::object();
  for (const auto& node : pipeline.nodes()) {
    const HealthReading reading = node->health();
    healthy = healthy && reading.health == PENSTOCK_HEALTHY;
    Json component{{"status", health_name(reading.health)}};
    if (!reading.detail.empty()) component["message"] = reading.detail;
    components[node->name()] = component;
  }
  return json_reply(healthy ? 200 : 503, {{"status", healthy ? "healthy" : "degraded"},
                                          {"timestamp", now()},
                                          {"components", components}});
}

HttpReply live_reply(const Pipeline& pipeline) {
  const bool stalled = pipeline.is_stalled();
  return json_reply(stalled ? 503 : 200,
                    {{"status", stalled ? "stalled" : "alive"}, {"timestamp", now()}});
}

HttpReply ready_reply(const Pipeline& pipeline) {
  Json missing = Json::object();
  for (const auto& node : pipeline.nodes()) {
    const HealthReading reading = node->health();
    if (reading.health == PENSTOCK_HEALTHY) continue;
    missing[node->name()] = reading.detail.empty() ? health_name(reading.health) : reading.detail;
  }
  Json body{{"status", missing.empty() ? "ready" : "not ready"}, {"timestamp", now()}};
  if (!missing.empty()) body["missing"] = missing;
  return json_reply(missing.empty() ? 200 : 503, body);
}

}  // namespace penstock::engine
