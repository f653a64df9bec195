// The rows of a batch to write: those of the chosen chunks, without the ones that row_check
// refused.
#pragma once

#include <penstock/batch.hpp>

#include <algorithm>
#include <array>
#include <vector>

#include "row_check.hpp"

namespace timescale_sink {

// Marks chunks of a batch; empty: all.
using ChunkChoice = std::vector<bool>;
inline bool is_chosen(const ChunkChoice& chunks, size_t chunk) {
  return chunks.empty() || chunks[chunk];
}
inline int64_t rows_of(const penstock::Batch& batch, const ChunkChoice& chunks) {
  int64_t rows = 0;
  for (size_t i = 0; i < batch.chunks(); ++i) {
    if (is_chosen(chunks, i)) rows += batch.chunk(i).length;
  }
  return rows;
}
inline int64_t count_in(const std::vector<RefusedRow>& rows, const ChunkChoice& chunks) {
  return std::count_if(rows.begin(), rows.end(),
                       [&](const RefusedRow& row) { return is_chosen(chunks, row.chunk); });
}

class BatchRows {
 public:
  // Few enough rows to stay in the processor's cache from one column to the next.
  static constexpr size_t kBlock = 256;

  BatchRows(const penstock::Batch& batch, const ChunkChoice& chunks, const RowFindings& findings)
      : batch_(batch), chunks_(&chunks), findings_(findings) {}
  // One row.
  BatchRows(const penstock::Batch& batch, size_t chunk, int32_t row, const RowFindings& findings)
      : batch_(batch), chunk_(chunk), row_(row), findings_(findings) {}

  // Calls each(chunk, rows) with at most kBlock rows of one chunk.
  template <class Each>
  void for_each_block(Each&& each) const {
    if (!chunks_) return each(chunk_, RowNumbers(&row_, 1));
    auto refused = findings_.refused.begin();
    const auto end = findings_.refused.end();
    std::array<int32_t, kBlock> rows;
    for (size_t chunk = 0; chunk < batch_.chunks(); ++chunk) {
      if (!is_chosen(*chunks_, chunk)) continue;
      while (refused != end && refused->chunk < chunk) ++refused;
      size_t count = 0;
      for (int64_t row = 0; row < batch_.chunk(chunk).length; ++row) {
        if (refused != end && refused->chunk == chunk && refused->row == row) {
          ++refused;
          continue;
        }
        rows[count++] = static_cast<int32_t>(row);
        if (count < kBlock) continue;
        each(chunk, RowNumbers(rows.data(), count));
        count = 0;
      }
      if (count > 0) each(chunk, RowNumbers(rows.data(), count));
    }
  }

  ColumnChunk column(size_t chunk, const ColumnPlan& plan, size_t column) const {
    return {*batch_.chunk(chunk).children[plan.columns[column].at], findings_.mend[chunk][column]};
  }

 private:
  const penstock::Batch& batch_;
  const ChunkChoice* chunks_ = nullptr;  // null: one row
  size_t chunk_ = 0;
  int32_t row_ = 0;
  const RowFindings& findings_;
};

}  // namespace timescale_sink
