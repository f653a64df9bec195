// Units of measurement, by UDUNITS-2.
#pragma once

#include "evaluation/run.hpp"
#include "values/values.hpp"

namespace sql {

// `value`, which is in one unit, in the other: "degF", "°C", "m3/h", "kW.h". Fails if a unit is not
// known or they measure different things.
double convert_unit(Run& run, double value, Text from, Text to);
// Whether there is such a conversion; if not, it has failed.
bool can_convert_unit(Run& run, Text from, Text to);

}  // namespace sql
