// Rows whose texts can be read beyond their end.
#pragma once

#include <penstock/arrow.h>

namespace penstock::engine {

// The same rows, with PENSTOCK_PADDING bytes behind every variable-length buffer; all else is as it
// was and not copied. Takes `rows` over, whose shape and offsets are without fault
// (batch_fault.hpp).
ArrowArray padded(const ArrowSchema& schema, ArrowArray rows);

}  // namespace penstock::engine
