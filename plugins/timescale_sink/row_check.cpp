#include "row_check.hpp"

#include <algorithm>
#include <set>

namespace timescale_sink {
namespace {

void check_chunk(const penstock::Batch& batch, size_t chunk, const ColumnPlan& plan,
                 RowFindings& to) {
  const ArrowArray& rows = batch.chunk(chunk);
  std::vector<RefusedRow> refused;
  std::set<int64_t> mended;
  for (size_t i = 0; i < plan.columns.size(); ++i) {
    const PlannedColumn& column = plan.columns[i];
    Judgement judgement;
    column.choice.encoder->judge(*rows.children[column.at], rows.length, judgement);
    for (Unfit& unfit : judgement.unfit) {
      refused.push_back({chunk, unfit.row, column.source + ": " + unfit.why,
                         "column " + column.to.name + ", " + column.to.declared});
    }
    to.mend[chunk][i] = !judgement.mended.empty();
    mended.insert(judgement.mended.begin(), judgement.mended.end());
  }
  to.mended_rows += mended.size();
  std::stable_sort(refused.begin(), refused.end(),
                   [](const auto& a, const auto& b) { return a.row < b.row; });
  refused.erase(std::unique(refused.begin(), refused.end(),
                            [](const auto& a, const auto& b) { return a.row == b.row; }),
                refused.end());
  to.refused.insert(to.refused.end(), refused.begin(), refused.end());
}

}  // namespace

RowFindings check_rows(const penstock::Batch& batch, const ColumnPlan& plan) {
  RowFindings findings;
  findings.mend.assign(batch.chunks(), std::vector<bool>(plan.columns.size()));
  for (size_t i = 0; i < batch.chunks(); ++i) check_chunk(batch, i, plan, findings);
  return findings;
}

}  // namespace timescale_sink
