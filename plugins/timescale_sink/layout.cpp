#include "layout.hpp"

#include <algorithm>

namespace timescale_sink {
namespace {

bool is_filled(const ColumnPlan& plan, const std::string& name) {
  const auto is_it = [&](const MissingColumn& column) { return column.name == name; };
  return std::any_of(plan.columns.begin(), plan.columns.end(),
                     [&](const PlannedColumn& column) { return column.to.name == name; }) ||
         std::any_of(plan.missing.begin(), plan.missing.end(), is_it);
}

// Upserts can only compare columns that are written.
ColumnPlan plan_for(const Table& table, const penstock::Schema& schema, const LayoutRules& rules) {
  ColumnPlan plan = plan_columns(schema, table, rules.columns, rules.encoding, rules.most_columns);
  const auto need = [&](const char* option, const std::string& name) {
    if (name.empty() || is_filled(plan, name)) return;
    plan.faults.push_back("no input fills the column \"" + name + "\", which " + option + " names");
  };
  for (const std::string& name : rules.conflict.key) need("conflict_key", name);
  need("newer_by", rules.conflict.newer_by);
  for (const PlannedColumn& column : plan.columns) {
    if (column.to.name != rules.conflict.newer_by || !column.choice.rounds) continue;
    plan.faults.push_back("its column \"" + column.to.name + "\", " + column.to.declared +
                          ", rounds, so newer_by could take an older row for a newer one");
  }
  return plan;
}

}  // namespace

Layout::Layout(const Table& table, const penstock::Schema& schema, const LayoutRules& rules)
    : plan(plan_for(table, schema, rules)),
      statements(table, plan, rules.conflict),
      insert(plan.faults.empty() ? statements.insert() : ""),
      can_copy(rules.conflict.action == OnConflict::kError && table.why_insert.empty() &&
               !plan.has_text_to_read()) {}

}  // namespace timescale_sink
