// Whose fault refused rows are, and what becomes of them, in the transaction that stores the
// others.
#pragma once

#include "attempt.hpp"
#include "stage.hpp"

namespace timescale_sink {

// Stores the attempt's rows but those that the server refuses. `result`: empty, or of a call
// before, which is undone.
using StoreRows = Failure (*)(Attempt& attempt, StagedResult& result);

// The refused rows end up in `attempt.refused`. A failure: the table is at fault, or the server.
Failure store_and_settle(Attempt& attempt, StoreRows store_rows);

}  // namespace timescale_sink
