// What became of the points, as /status and /view have it.
#pragma once

#include <nlohmann/json.hpp>

#include "provenance/accounting.hpp"

namespace penstock::engine {

inline nlohmann::ordered_json accounting_json(const Accounting& points) {
  nlohmann::ordered_json json;
  for (const auto& [state, count] : points.states()) json[state] = count;
  json["in_flight"] = points.in_flight;
  json["balanced"] = points.balanced;
  return json;
}

}  // namespace penstock::engine
