#include "whose_fault.hpp"

#include <algorithm>

namespace timescale_sink {

namespace {

// The first whose class does not tell that it is the row's fault, or null.
const StagedRefusal* of_unknown_fault(const std::vector<StagedRefusal>& refusals) {
  const auto found = std::find_if(refusals.begin(), refusals.end(), [](const auto& each) {
    return blame_of(each.state) != Blame::kRows;
  });
  return found == refusals.end() ? nullptr : &*found;
}

}  // namespace

bool WhoseFault::may_be_rows(const Failure& failure) {
  constexpr int kTries = 2;
  if (failure.blame != Blame::kUnknown) return failure.blame == Blame::kRows;
  note_unknown_failure();
  // Keys that are equal only at the table's precision can be stored one by one.
  const bool are_equal_keys = failure.state == "21000";
  return unknown_failures_ > kTries || are_equal_keys || evidence_->is_proven(failure.state);
}

// If some rows were stored, the others are at fault. If none was, the table is, unless all errors
// are of classes that only rows cause, or the table takes a good row.
Failure WhoseFault::judge(const std::vector<StagedRefusal>& refusals, int64_t of,
                          const Statements& statements) {
  if (static_cast<int64_t>(refusals.size()) < of) {
    for (const StagedRefusal& each : refusals) proven_.push_back(each.state);
    return {};
  }
  const StagedRefusal* other = of_unknown_fault(refusals);
  if (!other) return {};
  bool takes_it = false;
  if (Failure failure = try_good_row(statements, takes_it)) return failure;
  if (takes_it) return {};
  is_table_ = true;
  return {"the table refused all " + std::to_string(of) + " rows: " + other->message +
              " (SQLSTATE " + other->state + ")",
          other->state, Blame::kUnknown};
}

bool WhoseFault::needs_proof(const std::vector<StagedRefusal>& refusals, int64_t of) {
  return static_cast<int64_t>(refusals.size()) >= of && of_unknown_fault(refusals);
}

void WhoseFault::stored(int64_t rows) {
  unknown_failures_ = 0;
  if (rows > 0) ++evidence_->stored;
  for (const std::string& state : proven_) evidence_->prove(state);
  proven_.clear();
}

// Inserts a row that the table has, one of this run or its newest, and rolls that back: once as it
// is and once with the current time, which collides with no key and is not late. If both fail by
// errors of rows, or by keys, that tells nothing; then it counts whether another lane has stored
// rows meanwhile.
Failure WhoseFault::try_good_row(const Statements& statements, bool& takes_it) {
  bool says_nothing = true;
  for (const bool now : {false, true}) {
    if (now && !statements.has_time()) continue;
    Failure refusal;
    if (Failure failure = insert_good_row(statements, now, takes_it, refusal)) return failure;
    if (refusal && refusal.blame != Blame::kRows) says_nothing = false;
  }
  if (says_nothing && unknown_failures_ > 0) {
    takes_it = takes_it || evidence_->stored > stored_at_failure_;
  }
  if (!takes_it) note_unknown_failure();
  return {};
}

// In a transaction, which continues without it. `refusal`: the server's error, if any. An update of
// an existing key does not pass all checks that an insert does, so the row must be inserted as
// well.
Failure WhoseFault::insert_good_row(const Statements& statements, bool now, bool& takes_it,
                                    Failure& refusal) {
  const std::shared_ptr<const GoodRow> row = evidence_->good_row();
  const auto which = row ? Statements::Row::kGiven : Statements::Row::kNewest;
  const OnConflict action = statements.on_conflict();
  const std::string begin = "SAVEPOINT penstock_good;" + (row ? row->settings : "");
  if (Failure failure = connection_.execute(begin)) return failure;
  // An empty table has no newest row, and the key may exist; but a row that a trigger drops counts
  // as taken.
  bool is_inserted = false;
  const auto insert = [&](OnConflict by) {
    const std::string again = statements.insert_again(which, now, by);
    Result inserted;
    Failure failure = row ? connection_.execute_binary(again, row->values, inserted)
                          : connection_.execute(again, inserted);
    if (!failure) {
      is_inserted = count_of(inserted.get()) > 0 || (row && action == OnConflict::kError);
    }
    return failure;
  };
  refusal = insert(action);
  if (!refusal && action == OnConflict::kUpdate) {
    if (Failure failure = connection_.execute("ROLLBACK TO SAVEPOINT penstock_good")) {
      return failure;
    }
    refusal = insert(OnConflict::kIgnore);
  }
  if (!refusal && !is_inserted && !row && action == OnConflict::kError) {
    Result any;
    refusal = connection_.execute(statements.any_row(), any);
    if (!refusal) is_inserted = PQntuples(any.get()) > 0;
  }
  takes_it |= is_inserted && !refusal;
  if (!connection_.is_open()) return refusal;
  return connection_.execute("ROLLBACK TO SAVEPOINT penstock_good");
}

void WhoseFault::note_unknown_failure() {
  ++unknown_failures_;
  stored_at_failure_ = evidence_->stored;
}

}  // namespace timescale_sink
