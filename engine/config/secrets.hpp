// What is not shown, and what replaces it.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace penstock::engine {

inline constexpr const char* kMask = "***";

// Whether an option or a variable holds a secret, going by its name, which may be misspelt:
// DB_PASSWORD, pasword, API_KEY, pw.
bool sounds_secret(std::string_view name);

// Addresses without their logins: "tcp://***@host". Takes too much rather than too little, since a
// password may hold any character: all up to the last @ before white space or a quote.
std::string without_login(std::string_view text);

// A whole value without its login, which may hold white space and quotes: all up to the last @. Nor
// does a connection string show its password=….
std::string value_without_login(std::string_view value);

// Nothing happens where `from` is empty.
void replace_all(std::string& text, std::string_view from, std::string_view to);

// Texts that must not be shown, and what is shown in their place.
class Masks {
 public:
  void add(std::string_view text, std::string_view shown) { pairs_.emplace_back(text, shown); }
  // `text` without them, and without logins.
  std::string redacted(std::string text) const;
  bool operator==(const Masks&) const = default;

 private:
  std::vector<std::pair<std::string, std::string>> pairs_;
};

}  // namespace penstock::engine
