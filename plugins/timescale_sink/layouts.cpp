#include "layouts.hpp"

#include <string>

#include "identifier.hpp"

namespace timescale_sink {

using penstock::Batch;

Failure Layouts::find(const Batch& batch, const Layout*& layout) {
  std::unique_ptr<Layout>& known = layouts_[&batch.schema()];
  Failure failure;
  if (!known) failure = read_and_add(batch, known);
  if (!failure) failure = fault_of(*known);
  if (failure) forget();
  else layout = known.get();
  return failure;
}

Failure Layouts::fault_of_table(const std::vector<penstock::Schema>& inputs) {
  Table table;
  if (Failure failure = read_columns(table)) return failure;
  for (const penstock::Schema& input : inputs) {
    const Layout layout(table, input, rules_);
    if (Failure fault = fault_of(layout)) return fault;
  }
  return {};
}

Failure Layouts::read_columns(Table& table) {
  if (Failure failure = read_table(connection_, rules_.table, settings_.sql(), table)) {
    return failure;
  }
  if (!table.columns.empty()) return {};
  return {"table " + rules_.table + " does not exist", "", Blame::kUnknown};
}

Failure Layouts::read(const Batch& batch, std::unique_ptr<Layout>& layout) {
  Table table;
  if (Failure failure = read_columns(table)) return failure;
  layout = std::make_unique<Layout>(table, penstock::read_schema(batch.schema()), rules_);
  return {};
}

Failure Layouts::read_and_add(const Batch& batch, std::unique_ptr<Layout>& layout) {
  if (Failure failure = read(batch, layout)) return failure;
  if (layout->plan.missing.empty()) return {};
  if (Failure failure = add_columns(batch, layout)) return failure;
  if (Failure failure = read(batch, layout)) return failure;
  if (!layout->plan.faults.empty() || layout->plan.missing.empty()) return {};
  return {"columns that were just added are missing", "", Blame::kUnknown};
}

// Lanes and engines take turns: another may have added the columns meanwhile.
Failure Layouts::add_columns(const Batch& batch, std::unique_ptr<Layout>& layout) {
  Failure failure =
      connection_.execute("BEGIN;" + settings_.sql() + "SELECT pg_advisory_xact_lock(hashtext(" +
                          literal(rules_.table) + "))");
  if (!failure) failure = read(batch, layout);
  if (!failure && layout->plan.faults.empty() && !layout->plan.missing.empty()) {
    std::string changes;
    for (const MissingColumn& column : layout->plan.missing) {
      changes += (changes.empty() ? "" : ", ") + std::string("ADD COLUMN ") +
                 quoted_name(column.name) + " " + column.type;
    }
    failure = connection_.execute("ALTER TABLE " + rules_.table + " " + changes);
  }
  if (!failure) failure = connection_.execute("COMMIT");
  if (failure) connection_.roll_back();
  return failure;
}

Failure Layouts::fault_of(const Layout& layout) const {
  if (layout.plan.faults.empty()) return {};
  return {"table " + rules_.table + ": " + layout.plan.faults.front(), "", Blame::kTable};
}

}  // namespace timescale_sink
