// toml++ goes down a level for each part of a dotted key, without end (1.3, parser::parse_key and
// the destructors of its tables); so these are counted before it reads a file.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace penstock::engine {

inline constexpr size_t kMostKeyParts = 64;

struct KeyPlace {
  unsigned line = 1, column = 1;
};

// Where the first key of more than kMostKeyParts parts begins. Text that is no TOML may be taken
// for a key.
std::optional<KeyPlace> too_deep_key(std::string_view text);

}  // namespace penstock::engine
