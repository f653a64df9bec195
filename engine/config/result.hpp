// The one way in which a function of the engine says why it could not do what it was asked for.
//
// In config/, the lowest room with functions that fail for a reason that a user can mend;
// telemetry/, below it, has none.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace penstock::engine {

// The value, or the reason why there is none, written for the user who can mend it.
template <class T>
using Result = tl::expected<T, std::string>;

inline tl::unexpected<std::string> fail(std::string why) {
  return tl::unexpected<std::string>(std::move(why));
}

// The reason, empty where there is a value; std::expected's error_or, which tl::expected 1.0 lacks.
template <class T>
std::string why_not(const Result<T>& result) {
  return result ? std::string() : result.error();
}

}  // namespace penstock::engine
