// Finds values that the table's columns cannot hold, before anything is sent.
#pragma once

#include <penstock/batch.hpp>

#include <cstdint>
#include <string>
#include <vector>

#include "encoding/column_plan.hpp"

namespace timescale_sink {

struct RefusedRow {
  size_t chunk = 0;
  int64_t row = 0;
  std::string reason;
  std::string detail;
};

struct RowFindings {
  std::vector<RefusedRow> refused;      // in the order of the rows, each once
  std::vector<std::vector<bool>> mend;  // by chunk and planned column: U+0000 is to be replaced
  uint64_t mended_rows = 0;
};

RowFindings check_rows(const penstock::Batch& batch, const ColumnPlan& plan);

}  // namespace timescale_sink
