// Calls that name their arguments, or leave some out: make_interval(secs => 5).
#pragma once

#include <string>
#include <vector>

#include "analysis/resolve.hpp"

namespace sql {

// Brings the arguments into the routine's order, with its defaults for those that are left out.
// False: it cannot be called so, and they are as they were.
bool put_in_order(const Routine& routine, std::vector<Term>& arguments);
bool has_names(const std::vector<Term>& arguments);
// Whether it can be called so.
bool takes_names(const Routine& routine, const std::vector<Term>& arguments);
// "secs => integer", for messages.
std::string list_of_types(const std::vector<Term>& arguments);
// Throws QueryError: what is wrong whatever is called.
void check_names(const std::vector<Term>& arguments);

}  // namespace sql
