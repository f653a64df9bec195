#include "analysis/refused_functions.hpp"

#include <algorithm>

#include "evaluation/set_function.hpp"

namespace sql {
namespace {

constexpr std::string_view kAggregates[]{
    "array_agg",
    "avg",
    "bit_and",
    "bit_or",
    "bit_xor",
    "bool_and",
    "bool_or",
    "corr",
    "count",
    "every",
    "json_agg",
    "json_object_agg",
    "jsonb_agg",
    "max",
    "min",
    "jsonb_object_agg",
    "mode",
    "percentile_cont",
    "percentile_disc",
    "stddev",
    "stddev_pop",
    "stddev_samp",
    "string_agg",
    "sum",
    "var_pop",
    "var_samp",
    "variance",
};

}  // namespace

std::string_view refusal_of_function(std::string_view name) {
  if (std::find(std::begin(kAggregates), std::end(kAggregates), name) != std::end(kAggregates))
    return "aggregates are not supported";
  const auto& of_sets = set_functions();
  const bool is_of_sets = std::any_of(of_sets.begin(), of_sets.end(),
                                      [&](const SetFunction& each) { return each.name == name; });
  return is_of_sets ? "functions that return sets are supported in FROM only: FROM input, f(…)"
                    : "";
}

}  // namespace sql
