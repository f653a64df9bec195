#include "attempt.hpp"

#include <utility>

namespace timescale_sink {

std::string Attempt::settings_sql() const {
  return lane.settings.sql_to_write(layout.plan.has_text_to_read());
}

std::string Attempt::enter_sql() const {
  return lane.ledger ? lane.ledger->enter_sql(batch, part) : "";
}

void Attempt::choose(const PGresult* entered) {
  if (!lane.ledger) return;
  Ledger::Choice choice = lane.ledger->unstored(batch, part, entered);
  for (size_t i = 0; i < batch.chunks(); ++i) {
    if (!is_chosen(part, i) || is_chosen(choice.chunks, i)) continue;
    skipped.resize(batch.chunks());
    skipped[i] = true;
  }
  if (choice.uncertain > 0) {
    lane.context.warn(
        "the ledger has only a part of the batches that some rows were made of; these rows are "
        "stored again rather than lost");
  }
  chosen = std::move(choice.chunks);
}

void Attempt::end_transaction() {
  if (!failure) {
    failure = lane.connection.execute(lane.settings.restore_sql() +
                                      layout.statements.check_version() + ";COMMIT");
  }
  if (failure) lane.connection.roll_back();
}

void Attempt::find_refused_before() {
  const std::string sql = lane.settings.sql() + lane.ledger->refused_sql(batch, skipped);
  Result kept;
  failure = lane.connection.execute(sql, kept);
  if (failure) return;
  for (RefusedRow& row : lane.ledger->refused(batch, kept.get())) refused.push_back(std::move(row));
}

int64_t Attempt::rows_to_write() const {
  return rows_of(batch, chosen) - count_in(findings.refused, chosen);
}

int64_t Attempt::rows_taken() const { return rows_to_write() - count_in(refused, chosen); }

}  // namespace timescale_sink
