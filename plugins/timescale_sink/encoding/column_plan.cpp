#include "column_plan.hpp"

#include <algorithm>

#include "identifier.hpp"
#include "type_names.hpp"

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
      fault("the input has no column \"" + pair.from + "\"; correct columns");
      return;
    }
    const auto to = std::find_if(table_.columns.begin(), table_.columns.end(),
                                 [&](const TableColumn& column) { return column.name == pair.to; });
    if (to == table_.columns.end()) return missing(pair, *from);
    if (to->is_generated) {
      plan_.notes.push_back("its column \"" + to->name + "\" is generated, so it is not written");
      return;
    }
    pair_up(static_cast<size_t>(from - batch_.begin()), *from, *to);
  }

  ColumnPlan finish() {
    for (const TableColumn& column : table_.columns) check_unfilled(column);
    if (plan_.columns.empty() && plan_.faults.empty() && plan_.missing.empty()) {
      fault("it has none of the input's columns");
    }
    return std::move(plan_);
  }

 private:
  void fault(const std::string& what) { plan_.faults.push_back(what); }

  void missing(const Renamed& pair, const Field& from) {
    if (const std::string fault = fault_of_column(pair.to); !fault.empty()) {
      return this->fault("the column \"" + pair.to + "\" " + fault);
    }
    const std::string type = type_for(from);
    const size_t columns = table_.columns.size() + plan_.missing.size();
    if (columns < most_columns_ && !type.empty()) {
      plan_.missing.push_back({pair.to, type});
      return;
    }
    const bool may_add = most_columns_ > 0 && !type.empty();
    const std::string limit =
        may_add ? ", and max_columns = " + std::to_string(most_columns_) + " is reached" : "";
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
      const std::string type = type_for(from);
      fault("its column \"" + to.name + "\" is " + to.declared +
            ", which cannot hold the values of \"" + from.name + "\" (" + words_for(from) + "): " +
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
          "\" is NOT NULL, so rows without a value for it are refused: " +
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
          "\" is NOT NULL without a default, and no input fills it: " +
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

}  // namespace timescale_sink
