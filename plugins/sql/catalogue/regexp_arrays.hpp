// Functions of regular expressions that give several texts.
#pragma once

#include "catalogue/catalogue.hpp"
#include "evaluation/set_function.hpp"

namespace sql {

// regexp_matches and regexp_split_to_table.
void add_regexp_sets(std::vector<SetFunction>& to);

}  // namespace sql
