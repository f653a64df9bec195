#include "column_plan.hpp"

#include <algorithm>

#include "identifier.hpp"

namespace timescale_sink {
namespace {

using penstock::Field;
using penstock::Schema;

std::string alter(const Table& table, const std::string& change) {
  return "ALTER TABLE " + table.name + " " + change;
}

class Planner {
 public:
  Planner(const Schema& batch, const Table& table, const EncodingRules& rules, size_t most_columns)
      : batch_(batch), table_(table), rules_(rules), most_columns_(most_columns) {}

  void add(const Renamed& pair) {
    const auto from = std::find_if(batch_.begin(), batch_.end(),
                                   [&](const Field& field) { return field.name == pair.from; });
    if (from == batch_.end()) {
      fault("no column \"" + pair.from + "\" comes in; write one that does into columns");
      return;
    }
    const auto to = std::find_if(table_.columns.begin(), table_.columns.end(),
                                 [&](const TableColumn& column) { return column.name == pair.to; });
    if (to == table_.columns.end()) return missing(pair, *from);
    if (to->is_generated) {
      plan_.notes.push_back("its column \"" + to->name + "\" is generated, and left out");
      return;
    }
    pair_up(static_cast<size_t>(from - batch_.begin()), *from, *to);
  }

  ColumnPlan finish() {
    for (const TableColumn& column : table_.columns) check_unfilled(column);
    if (plan_.columns.empty() && plan_.faults.empty() && plan_.missing.empty()) {
      fault("it has none of the columns that come");
    }
    return std::move(plan_);
  }

 private:
  void fault(const std::string& what) { plan_.faults.push_back(what); }

  void missing(const Renamed& pair, const Field& from) {
    const std::string type = type_for(from.format);
    const size_t columns = table_.columns.size() + plan_.missing.size();
    if (columns < most_columns_ && !type.empty()) {
      plan_.missing.push_back({pair.to, type});
      return;
    }
    const bool may_add = most_columns_ > 0 && !type.empty();
    const std::string limit =
        may_add
            ? ", and more than max_columns = " + std::to_string(most_columns_) + " are not added"
            : "";
    fault("it has no column \"" + pair.to + "\"" + limit + ": " +
          alter(table_, "ADD COLUMN " + quoted_name(pair.to) + " " + (type.empty() ? "…" : type)));
  }

  void pair_up(size_t at, const Field& from, const TableColumn& to) {
    if (!to.needed_grant.empty()) {
      fault("the role cannot use the type of its column \"" + to.name + "\", " + to.declared +
            ": " + to.needed_grant);
      return;
    }
    EncoderChoice choice = choose_encoder(from.format, to, rules_);
    if (!choice.encoder) {
      const std::string type = type_for(from.format);
      fault("its column \"" + to.name + "\" is " + to.declared + ", and \"" + from.name + "\" is " +
            words_for(from.format) + ", of which it can hold no value: " +
            alter(table_,
                  "ALTER COLUMN " + quoted_name(to.name) + " TYPE " + (type.empty() ? "…" : type)));
      return;
    }
    if (!choice.note.empty()) {
      plan_.notes.push_back("its column \"" + to.name + "\", " + to.declared + ", " + choice.note);
    }
    if (from.nullable && to.not_null) {
      plan_.warnings.push_back(
          "its column \"" + to.name +
          "\" is NOT NULL, so rows without it are refused one by one: " +
          alter(table_, "ALTER COLUMN " + quoted_name(to.name) + " DROP NOT NULL"));
    }
    plan_.columns.push_back({at, from.name, to, std::move(choice)});
  }

  void check_unfilled(const TableColumn& column) {
    const bool filled =
        std::any_of(plan_.columns.begin(), plan_.columns.end(),
                    [&](const PlannedColumn& planned) { return planned.to.name == column.name; });
    if (filled || !column.not_null || column.has_default || column.is_generated) return;
    fault("its column \"" + column.name +
          "\" is NOT NULL without a default, and nothing comes for it: " +
          alter(table_, "ALTER COLUMN " + quoted_name(column.name) + " SET DEFAULT …"));
  }

  const Schema& batch_;
  const Table& table_;
  const EncodingRules& rules_;
  const size_t most_columns_;
  ColumnPlan plan_;
};

}  // namespace

bool ColumnPlan::has_text_to_read() const {
  return std::any_of(columns.begin(), columns.end(),
                     [](const PlannedColumn& column) { return column.choice.is_text_to_read; });
}

std::string ColumnPlan::names() const {
  std::string names;
  for (const PlannedColumn& column : columns) {
    names += (names.empty() ? "" : ", ") + quoted_name(column.to.name);
  }
  return names;
}

ColumnPlan plan_columns(const Schema& batch, const Table& table,
                        const std::vector<Renamed>& renamed, const EncodingRules& rules,
                        size_t most_columns) {
  Planner planner(batch, table, rules, most_columns);
  if (renamed.empty()) {
    for (const Field& field : batch) planner.add({field.name, field.name});
  } else {
    for (const Renamed& pair : renamed) planner.add(pair);
  }
  return planner.finish();
}

namespace {

struct TypeWords {
  const char* format;
  const char* words;
  const char* type;
};
constexpr TypeWords kTypes[] = {{"b", "boolean", "boolean"},
                                {"c", "a whole number of 8 bits", "smallint"},
                                {"C", "a whole number of 8 bits, unsigned", "smallint"},
                                {"s", "smallint", "smallint"},
                                {"S", "a whole number of 16 bits, unsigned", "integer"},
                                {"i", "integer", "integer"},
                                {"I", "a whole number of 32 bits, unsigned", "bigint"},
                                {"l", "bigint", "bigint"},
                                {"L", "a whole number of 64 bits, unsigned", "numeric"},
                                {"f", "real", "real"},
                                {"g", "double precision", "double precision"},
                                {"u", "text", "text"},
                                {"z", "bytea", "bytea"},
                                {"tdD", "date", "date"}};

}  // namespace

std::string columns_to_create(const Schema& batch, const std::vector<Renamed>& renamed,
                              std::string& time) {
  std::vector<Renamed> all = renamed;
  for (const Field& field : batch) {
    if (renamed.empty()) all.push_back({field.name, field.name});
  }
  std::string columns;
  for (const Renamed& pair : all) {
    const auto from = std::find_if(batch.begin(), batch.end(),
                                   [&](const Field& field) { return field.name == pair.from; });
    if (from == batch.end()) continue;
    const bool is_time = from->format.starts_with("ts") && !from->nullable;
    if (is_time && time.empty()) time = pair.to;
    columns += (columns.empty() ? "" : ", ") + quoted_name(pair.to) + " " + type_for(from->format) +
               (from->nullable ? "" : " NOT NULL");
  }
  return columns;
}

std::string type_for(const std::string& format) {
  if (format.starts_with("ts")) return "timestamp with time zone";
  for (const TypeWords& each : kTypes) {
    if (format == each.format) return each.type;
  }
  return "";
}

std::string words_for(const std::string& format) {
  if (format.starts_with("ts")) return "timestamp with time zone";
  for (const TypeWords& each : kTypes) {
    if (format == each.format) return each.words;
  }
  return "of Arrow's format " + format;
}

}  // namespace timescale_sink
