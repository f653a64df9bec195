// Units of times, as extract and date_trunc name them.
#pragma once

#include <optional>
#include <string>

#include "values/values.hpp"

namespace sql {

class Run;

// In lower case and no longer than a name may be (downcase_truncate_identifier of scansup.c).
std::string unit_word(Text text);

struct TruncatedTime {
  int64_t us;
  bool is_whole_days;
};
// What a clock shows, without what is less than the unit. Nothing: it has failed. `type` is what
// messages call it.
std::optional<TruncatedTime> truncated_time(Run& run, Text unit, int64_t us, Base type);

}  // namespace sql
