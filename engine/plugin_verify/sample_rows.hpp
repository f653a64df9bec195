// Rows to try a plugin with.
#pragma once

#include <penstock/arrow.h>
#include <penstock/schema.hpp>

#include <vector>

namespace penstock::engine {

struct SampleBatch {
  const char* name;  // "sliced columns"
  std::vector<ArrowArray> chunks;
};

// Batches of a schema whose columns may travel: no rows, many, nulls in all columns that may have
// them, columns with an offset, many chunks. Texts are UTF-8, bytes are not always.
std::vector<SampleBatch> sample_batches(const Schema& schema);

}  // namespace penstock::engine
