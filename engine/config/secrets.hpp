// What is not shown, and what stands in its place.
#pragma once

#include <string>
#include <string_view>

namespace penstock::engine {

inline constexpr const char* kMask = "***";

// Whether an option or a variable holds a secret, going by its name, which may be misspelt:
// DB_PASSWORD, pasword, API_KEY.
bool sounds_secret(std::string_view name);

// Addresses without their logins: "tcp://***@host". Takes too much rather than too little, since a
// password may hold any character: all up to the last @ before white space or a quote.
std::string without_login(std::string_view text);

}  // namespace penstock::engine
