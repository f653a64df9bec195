// Keeps a row that the table took, as proof that it takes rows (see WhoseFault).
#pragma once

#include "attempt.hpp"

namespace timescale_sink {

// The last row that a committed attempt stored; none where one may have been dropped for its key.
void keep_good_row(const Attempt& attempt);

}  // namespace timescale_sink
