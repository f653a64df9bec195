// How points go into the table of init.sql.
#pragma once

#include "encoding/column_plan.hpp"

namespace test_plans {

inline penstock::Schema point_schema() {
  using namespace penstock;
  return {{"time", format::kTimestampUs},    {"topic", format::kUtf8},
          {"value", format::kFloat64, true}, {"value_str", format::kUtf8, true},
          {"quality", format::kInt16},       {"metadata", format::kUtf8, true}};
}

inline timescale_sink::Table point_table() {
  const auto column = [](const char* name, uint32_t oid, const char* type, char category) {
    return timescale_sink::TableColumn{.name = name,
                                       .oid = oid,
                                       .type = std::string("pg_catalog.") + type,
                                       .base_name = type,
                                       .declared = type,
                                       .category = category};
  };
  return {.name = "\"metrics\"",
          .columns = {column("time", 1184, "timestamptz", 'D'), column("topic", 25, "text", 'S'),
                      column("value", 701, "float8", 'N'), column("value_str", 25, "text", 'S'),
                      column("quality", 21, "int2", 'N'), column("metadata", 3802, "jsonb", 'U')}};
}

inline timescale_sink::ColumnPlan point_plan(
    timescale_sink::NulRule nul = timescale_sink::NulRule::kReplace) {
  return timescale_sink::plan_columns(point_schema(), point_table(), {}, {nul});
}

}  // namespace test_plans
