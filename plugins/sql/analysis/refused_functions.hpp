// Functions that PostgreSQL has and that can't be called where an expression stands.
#pragma once

#include <string_view>

namespace sql {

// What is said of a call; empty: nothing is known of the function.
std::string_view refusal_of_function(std::string_view name);

}  // namespace sql
