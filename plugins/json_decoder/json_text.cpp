#include "json_text.hpp"

#include <cstring>

namespace json_decoder {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Reads one value after the other; each function returns false at the first fault.
class Reader {
 public:
  Reader(std::string_view text, int most_depth)
      : at_(text.data()), end_(text.data() + text.size()), most_depth_(most_depth) {}

  bool value(int depth) {
    skip_space();
    if (at_ == end_) return false;
    if (depth > most_depth_ && (*at_ == '{' || *at_ == '[')) {
      too_deep_ = true;
      return false;
    }
    switch (*at_) {
      case '{': return object(depth);
      case '[': return array(depth);
      case '"': return string();
      case 't': return word("true");
      case 'f': return word("false");
      case 'n': return word("null");
      default: return number();
    }
  }
  bool too_deep() const { return too_deep_; }
  bool at_end() {
    skip_space();
    return at_ == end_;
  }

 private:
  void skip_space() {
    while (at_ < end_ && (*at_ == ' ' || *at_ == '\t' || *at_ == '\n' || *at_ == '\r')) ++at_;
  }
  bool take(char c) {
    skip_space();
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }
  bool word(std::string_view expected) {
    if (static_cast<size_t>(end_ - at_) < expected.size()) return false;
    if (std::memcmp(at_, expected.data(), expected.size()) != 0) return false;
    at_ += expected.size();
    return true;
  }
  bool digits() {
    const char* begin = at_;
    while (at_ < end_ && is_digit(*at_)) ++at_;
    return at_ != begin;
  }
  bool number() {
    if (*at_ == '-') ++at_;
    if (at_ < end_ && *at_ == '0') ++at_;
    else if (!digits()) return false;
    if (at_ < end_ && *at_ == '.') {
      ++at_;
      if (!digits()) return false;
    }
    if (at_ < end_ && (*at_ == 'e' || *at_ == 'E')) {
      ++at_;
      if (at_ < end_ && (*at_ == '+' || *at_ == '-')) ++at_;
      if (!digits()) return false;
    }
    return true;
  }
  bool string() {
    for (++at_; at_ < end_; ++at_) {
      if (*at_ == '"') {
        ++at_;
        return true;
      }
      if (*at_ == '\\' && !escape()) return false;
    }
    return false;
  }
  // At the backslash; stays on the escape's last character.
  bool escape() {
    if (++at_ == end_) return false;
    if (*at_ != 'u') return std::strchr("\"\\/bfnrt", *at_) != nullptr && *at_ != '\0';
    int unit = hex4();
    if (unit < 0 || (unit >= 0xDC00 && unit < 0xE000)) return false;
    if (unit < 0xD800 || unit >= 0xE000) return true;
    // A high surrogate needs its low one (RFC 8259 §7).
    if (end_ - at_ < 3 || at_[1] != '\\' || at_[2] != 'u') return false;
    at_ += 2;
    unit = hex4();
    return unit >= 0xDC00 && unit < 0xE000;
  }
  // At the `u`; stays on the last digit.
  int hex4() {
    if (end_ - at_ < 5) return -1;
    int value = 0;
    for (int i = 0; i < 4; ++i) {
      const char c = *++at_;
      const int digit = is_digit(c)            ? c - '0'
                        : c >= 'a' && c <= 'f' ? c - 'a' + 10
                        : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                               : -1;
      if (digit < 0) return -1;
      value = value * 16 + digit;
    }
    return value;
  }
  bool array(int depth) {
    ++at_;
    if (take(']')) return true;
    do {
      if (!value(depth + 1)) return false;
    } while (take(','));
    return take(']');
  }
  bool object(int depth) {
    ++at_;
    if (take('}')) return true;
    do {
      skip_space();
      if (at_ == end_ || *at_ != '"' || !string() || !take(':') || !value(depth + 1)) return false;
    } while (take(','));
    return take('}');
  }

  const char* at_;
  const char* end_;
  const int most_depth_;
  bool too_deep_ = false;
};

}  // namespace

JsonFault json_fault(std::string_view text, int most_depth) {
  Reader reader(text, most_depth);
  if (reader.value(1) && reader.at_end()) return JsonFault::kNone;
  return reader.too_deep() ? JsonFault::kTooDeep : JsonFault::kWrong;
}

}  // namespace json_decoder
