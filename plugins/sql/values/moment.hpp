// Moments by their seconds since 1970.
#pragma once

#include "evaluation/run.hpp"
#include "values/values.hpp"

namespace sql {

// float8_timestamptz of timestamp.c.
Timestamptz moment_of_seconds(Run& run, double seconds);

}  // namespace sql
