#include "config/place_in_value.hpp"

#include <algorithm>

#include "config/option_values.hpp"

namespace penstock::engine {
namespace {

// The bytes of a TOML string, one character after the other (TOML 1.0, "String").
class WrittenString {
 public:
  WrittenString(std::string_view source, Location begin) : source_(source), at_(begin) {
    for (unsigned line = 1; line < begin.line && place_ < source.size(); ++line) {
      place_ = std::min(source.find('\n', place_), source.size() - 1) + 1;
    }
    place_ = std::min(place_ + begin.column - 1, source.size());
    const char quote = place_ < source.size() ? source[place_] : '\0';
    is_basic_ = quote == '"';
    is_long_ = source.substr(place_, 3) == std::string(3, quote);
    skip(is_long_ ? 3 : 1);
    if (is_long_ && next_is("\r\n")) skip(2);
    else if (is_long_ && next_is("\n")) skip(1);
  }

  Location at() const { return at_; }
  // Goes over what stands for the next bytes of the value, and returns how many these are.
  size_t advance(char expected) {
    if (is_basic_ && is_long_) skip_joined_lines();
    if (place_ >= source_.size()) return 0;
    if (!is_basic_ || source_[place_] != '\\') {
      // A line may end with a carriage return, which the value has as it is.
      if (source_[place_] != expected) return 0;
      skip(1);
      return 1;
    }
    return advance_escape(expected);
  }

 private:
  bool next_is(std::string_view text) const { return source_.substr(place_, text.size()) == text; }
  void skip(size_t bytes) {
    for (; bytes > 0 && place_ < source_.size(); --bytes, ++place_) {
      if (source_[place_] == '\n') at_ = {at_.line + 1, 1};
      else ++at_.column;
    }
  }
  // A backslash at the end of a line takes away all white space up to the next character.
  void skip_joined_lines() {
    while (next_is("\\")) {
      const size_t end = source_.find_first_not_of(" \t\r", place_ + 1);
      if (end == source_.npos || source_[end] != '\n') return;
      skip(std::min(source_.find_first_not_of(" \t\r\n", end), source_.size()) - place_);
    }
  }
  size_t advance_escape(char expected) {
    constexpr std::string_view kLetters = "btnfr\"\\", kMeaning = "\b\t\n\f\r\"\\";
    const char letter = place_ + 1 < source_.size() ? source_[place_ + 1] : '\0';
    if (letter == 'u' || letter == 'U') {
      skip(letter == 'u' ? 6 : 10);
      const auto first = static_cast<unsigned char>(expected);
      return first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    }
    const size_t which = kLetters.find(letter);
    if (which == kLetters.npos || kMeaning[which] != expected) return 0;
    skip(2);
    return 1;
  }

  const std::string_view source_;
  size_t place_ = 0;
  Location at_;
  bool is_basic_ = false, is_long_ = false;
};

}  // namespace

std::optional<Location> place_in_value(const std::string& source, const toml::node& value,
                                       std::string_view text, size_t byte) {
  const auto* string = value.as_string();
  if (string == nullptr || string->get() != text || source.empty()) return std::nullopt;
  WrittenString written(source, location(value));
  for (size_t at = 0; at < std::min(byte, text.size());) {
    const size_t bytes = written.advance(text[at]);
    if (bytes == 0) return std::nullopt;
    at += bytes;
  }
  return written.at();
}

}  // namespace penstock::engine
