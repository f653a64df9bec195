// The choices of an enum option, and the words that people write for them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::engine {

// The index of the choice that `word` means: upper and lower case are the same, and so are `warn`
// and `warning`, `err` and `error`, which other programs use.
std::optional<size_t> find_choice(const std::vector<std::string>& choices, std::string_view word);

// The other words for a choice, for schemas and help.
std::vector<std::string> other_words_for(std::string_view choice);

}  // namespace penstock::engine
