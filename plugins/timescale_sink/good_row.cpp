#include "good_row.hpp"

#include <memory>
#include <set>
#include <utility>

#include "array_encoder.hpp"

namespace timescale_sink {
namespace {

struct RowPlace {
  size_t chunk = 0;
  int32_t row = 0;
};

RowPlace last_taken(const Attempt& attempt) {
  std::set<std::pair<size_t, int64_t>> refused;
  for (const RefusedRow& row : attempt.refused) refused.emplace(row.chunk, row.row);
  RowPlace last;
  attempt.rows().for_each_block([&](size_t chunk, RowNumbers block) {
    for (const int32_t row : block) {
      if (!refused.contains({chunk, row})) last = {chunk, row};
    }
  });
  return last;
}

}  // namespace

void keep_good_row(const Attempt& attempt) {
  const int64_t taken = attempt.rows_taken();
  const bool has_keys = attempt.layout.statements.on_conflict() != OnConflict::kError;
  if (taken == 0 || (has_keys && attempt.stored < taken)) return;
  const RowPlace last = last_taken(attempt);
  auto row = std::make_shared<GoodRow>();
  row->settings = attempt.settings_sql();
  encode_arrays(BatchRows(attempt.batch, last.chunk, last.row, attempt.findings),
                attempt.layout.plan, false, row->values);
  attempt.whose_fault.keep(std::move(row));
}

}  // namespace timescale_sink
