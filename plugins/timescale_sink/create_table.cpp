#include "create_table.hpp"

#include <algorithm>

#include "encoding/type_names.hpp"
#include "identifier.hpp"

namespace timescale_sink {
namespace {

using penstock::Field;
using penstock::Schema;

const Schema& points() {
  namespace format = penstock::format;
  static const Schema schema{{"time", format::kTimestampUs},
                             {"topic", format::kUtf8},
                             {"value", format::kFloat64, true},
                             {"value_str", format::kUtf8, true},
                             {"quality", format::kInt16},
                             {"metadata", format::kUtf8, true, penstock::extension::kJson}};
  return schema;
}

struct NewColumn {
  std::string name, type;
  Field field;                  // of the first input that has it
  size_t always_filled_by = 0;  // inputs
};

// The same as in init.sql.
std::string type_of(const Field& field, bool is_of_point) {
  if (is_of_point && field.name == "quality") return "smallint DEFAULT 192";
  if (is_of_point && field.name == "metadata") return "jsonb DEFAULT '{}'";
  return type_for(field);
}

std::vector<NewColumn> all_columns(const std::vector<Schema>& inputs,
                                   const std::vector<Renamed>& columns) {
  std::vector<NewColumn> all;
  for (const Schema& input : inputs) {
    for (const Field& field : input) {
      std::vector<std::string> names;
      for (const Renamed& pair : columns) {
        if (pair.from == field.name) names.push_back(pair.to);
      }
      if (columns.empty()) names.push_back(field.name);
      for (const std::string& name : names) {
        auto known = std::find_if(all.begin(), all.end(),
                                  [&](const NewColumn& column) { return column.name == name; });
        if (known == all.end()) {
          all.push_back({name, type_of(field, penstock::same_columns(input, points())), field});
          known = all.end() - 1;
        }
        if (!field.nullable) ++known->always_filled_by;
      }
    }
  }
  return all;
}

std::string hypertable_sql(const std::string& table, const std::string& time) {
  const std::string extension =
      "FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace "
      "WHERE e.extname = 'timescaledb'";
  return "IF EXISTS (SELECT " + extension + ") THEN EXECUTE (SELECT format(" +
         "'SELECT %I.create_hypertable(%L::regclass, %L::name)', n.nspname, " + literal(table) +
         ", " + literal(time) + ") " + extension + "); END IF;";
}

}  // namespace

Creation create_table_sql(const std::string& table, const std::vector<Schema>& inputs,
                          const std::vector<Renamed>& columns) {
  const std::vector<Schema> sources = inputs.empty() ? std::vector<Schema>{points()} : inputs;
  std::string list, time, named_time;
  for (const NewColumn& column : all_columns(sources, columns)) {
    if (const std::string fault = fault_of_column(column.name); !fault.empty()) {
      return {"", "the table cannot be created: its column \"" + column.name + "\" " + fault};
    }
    if (column.type.empty()) {
      return {"", "the table cannot be created: its column \"" + column.name + "\" would be " +
                      words_for(column.field) + ", for which PostgreSQL has no type"};
    }
    const bool has_default = column.type.find(" DEFAULT ") != std::string::npos;
    const bool is_filled = column.always_filled_by >= sources.size();
    const bool is_time = penstock::us_per_unit(column.field.format) > 0;
    if (is_filled && time.empty() && is_time) time = column.name;
    if (column.name == "time" && is_time) named_time = column.name;
    list += (list.empty() ? "" : ", ") + quoted_name(column.name) + " " + column.type +
            (is_filled && !has_default ? " NOT NULL" : "");
  }
  // A row without one is refused then.
  if (time.empty()) time = named_time;
  const std::string sql = "CREATE TABLE " + table + " (" + list + ");";
  return {time.empty() ? sql : sql + hypertable_sql(table, time), ""};
}

std::string create_if_missing(const std::string& table, const std::string& create) {
  return "DO " +
         dollar_quoted("BEGIN IF to_regclass(" + literal(table) + ") IS NULL THEN " + create +
                       " END IF; END") +
         ";";
}

}  // namespace timescale_sink
