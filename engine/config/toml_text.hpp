// What can be told of a pipeline file's text before, or without, parsing it.
#pragma once

#include <cstddef>
#include <string_view>

namespace penstock::engine {

// The end of the string or comment that begins at `at`; `at` itself where none begins (TOML 1.0
// "Comment", "String"). A string of one line that is not closed ends with its line.
size_t end_of_quoted(std::string_view text, size_t at);

}  // namespace penstock::engine
