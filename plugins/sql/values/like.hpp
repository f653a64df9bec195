// LIKE: % is any text, _ any character, and \ takes away the meaning of what follows
// (src/backend/utils/adt/like_match.c).
#pragma once

#include "evaluation/run.hpp"
#include "values/values.hpp"

namespace sql {

bool matches_like(Run& run, Text text, Text pattern);
// A pattern with another escape character, with \ for it.
Text like_pattern(Run& run, Text pattern, Text escape);

}  // namespace sql
