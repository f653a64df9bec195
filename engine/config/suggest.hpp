// "Did you mean": the known word nearest to a mistyped one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace penstock::engine {

// Insertions, deletions, substitutions and swaps of neighbours from one word to the other
// (optimal string alignment distance).
size_t edit_distance(std::string_view a, std::string_view b);

// ` (did you mean "batcher"?)` when a known word is near enough to have been meant; else
// the list of known words when it is short, ` (one of a, b, c)`; else nothing.
std::string suggestion(std::string_view word, const std::vector<std::string>& known);

}  // namespace penstock::engine
