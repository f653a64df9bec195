// SIMILAR TO's patterns, which are SQL's own.
#pragma once

#include "evaluation/run.hpp"
#include "values/values.hpp"

namespace sql {

// The regular expression that says the same (similar_escape_internal of regexp.c). `escape` may be
// empty: there is no escape character.
Text regexp_of_similar(Run& run, Text pattern, Text escape);

}  // namespace sql
