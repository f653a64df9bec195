#include "json_text.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace json_decoder {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// What a person would take for one word, for messages.
std::string_view word_at(const char* at, const char* end) {
  const char* begin = at;
  const auto belongs = [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' ||
           c == '-' || c == '.' || c == '_';
  };
  while (at < end && at - begin < 20 && belongs(*at)) ++at;
  return {begin, static_cast<size_t>(at - begin)};
}

// The first quote, backslash or control character before `end`, or that.
const char* string_stop(const char* at, const char* end) {
#if defined(__SSE2__)
  const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\');
  const __m128i control = _mm_set1_epi8(0x1F);
  for (; end - at >= 16; at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i either =
        _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash));
    const int hits = _mm_movemask_epi8(
        _mm_or_si128(either, _mm_cmpeq_epi8(_mm_min_epu8(bytes, control), bytes)));
    if (hits != 0) return at + std::countr_zero(static_cast<unsigned>(hits));
  }
#endif
  while (at < end && *at != '"' && *at != '\\' && static_cast<unsigned char>(*at) >= 0x20) ++at;
  return at;
}

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The four digits from `at` on, or -1.
int hex4(const char* at, const char* end) {
  if (end - at < 4) return -1;
  int value = 0;
  for (int i = 0; i < 4; ++i) {
    const int digit = hex_digit(at[i]);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

// Reads one value after the other; each function returns false at the first fault.
class Reader {
 public:
  Reader(std::string_view text, int most_depth)
      : at_(text.data()), end_(text.data() + text.size()), most_depth_(most_depth) {}

  bool value(int depth) {
    skip_space();
    if (at_ == end_) return wrong("unexpected end, expected a value");
    if (depth > most_depth_ && (*at_ == '{' || *at_ == '[')) {
      fault_ = {JsonFault::kTooDeep, at_, {}, "nested too deep"};
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
  bool at_end() {
    skip_space();
    return at_ == end_ || wrong("unexpected text after the end");
  }
  bool take(char c) {
    skip_space();
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }
  void skip_space() {
    while (at_ < end_ && (*at_ == ' ' || *at_ == '\t' || *at_ == '\n' || *at_ == '\r')) ++at_;
  }
  const char* at() const { return at_; }
  const JsonFault& fault() const { return fault_; }

 private:
  bool wrong(const char* what, std::string_view shown = {}) {
    fault_ = {JsonFault::kWrong, shown.empty() ? at_ : shown.data(), shown, what};
    return false;
  }
  bool no_value() {
    const std::string_view shown = word_at(at_, end_);
    if (!shown.empty()) return wrong("is not a value", shown);
    return *at_ == '\'' ? wrong("strings need double quotes") : wrong("a value is missing");
  }
  bool word(std::string_view expected) {
    if (word_at(at_, end_) != expected) return no_value();
    at_ += expected.size();
    return true;
  }
  bool digits() {
    const char* begin = at_;
    while (at_ < end_ && is_digit(*at_)) ++at_;
    return at_ != begin;
  }
  bool number() {
    const char* begin = at_;
    if (*at_ == '-') ++at_;
    bool ok = true;
    if (at_ < end_ && *at_ == '0') ++at_;
    else ok = digits();
    if (ok && at_ < end_ && *at_ == '.') {
      ++at_;
      ok = digits();
    }
    if (ok && at_ < end_ && (*at_ == 'e' || *at_ == 'E')) {
      ++at_;
      if (at_ < end_ && (*at_ == '+' || *at_ == '-')) ++at_;
      ok = digits();
    }
    if (ok && word_at(at_, end_).empty()) return true;
    at_ = begin;
    const std::string_view shown = word_at(at_, end_);
    if (!shown.empty() && (is_digit(shown[0]) || (shown.size() > 1 && is_digit(shown[1])))) {
      return wrong("is not a valid JSON number", shown);
    }
    return no_value();
  }
  bool string() {
    const char* begin = at_;
    for (++at_; (at_ = string_stop(at_, end_)) < end_; ++at_) {
      if (*at_ == '"') {
        ++at_;
        return true;
      }
      if (*at_ != '\\') return wrong("unescaped control character in a string");
      if (!escape()) return false;
    }
    at_ = begin;
    return wrong("unterminated string");
  }
  // At the backslash; stays on the escape's last character.
  bool escape() {
    const char* begin = at_;
    if (++at_ == end_) return wrong("unterminated string");
    if (*at_ != 'u') {
      if (*at_ != '\0' && std::strchr("\"\\/bfnrt", *at_) != nullptr) return true;
      at_ = begin;
      return wrong("JSON has no such escape");
    }
    const int unit = hex4(at_ + 1, end_);
    const bool pair = unit >= 0xD800 && unit < 0xDC00;
    bool ok = unit >= 0 && (unit < 0xDC00 || unit >= 0xE000);
    // A high surrogate needs its low one (RFC 8259 §7).
    if (ok && pair) {
      const bool follows = end_ - at_ > 6 && at_[5] == '\\' && at_[6] == 'u';
      const int low = follows ? hex4(at_ + 7, end_) : -1;
      ok = low >= 0xDC00 && low < 0xE000;
    }
    if (!ok) {
      at_ = begin;
      return unit < 0 ? wrong("\\u needs four hexadecimal digits")
                      : wrong("half a character (a surrogate without its pair)");
    }
    at_ += pair ? 10 : 4;
    return true;
  }
  bool array(int depth) {
    ++at_;
    if (take(']')) return true;
    do {
      if (!value(depth + 1)) return false;
    } while (take(','));
    return take(']') || wrong("a comma or \"]\" is missing");
  }
  bool object(int depth) {
    ++at_;
    if (take('}')) return true;
    do {
      skip_space();
      if (at_ == end_ || *at_ != '"') return wrong("a member's name in quotes is missing");
      if (!string()) return false;
      if (!take(':')) return wrong("a colon is missing");
      if (!value(depth + 1)) return false;
    } while (take(','));
    return take('}') || wrong("a comma or \"}\" is missing");
  }

  const char* at_;
  const char* end_;
  const int most_depth_;
  JsonFault fault_;
};

void append_utf8(uint32_t code, std::string& to) {
  const auto add = [&](uint32_t byte) { to += static_cast<char>(byte); };
  if (code < 0x80) return add(code);
  if (code < 0x800) {
    add(0xC0 | code >> 6);
  } else {
    if (code < 0x10000) {
      add(0xE0 | code >> 12);
    } else {
      add(0xF0 | code >> 18);
      add(0x80 | (code >> 12 & 0x3F));
    }
    add(0x80 | (code >> 6 & 0x3F));
  }
  add(0x80 | (code & 0x3F));
}

char meaning_of_escape(char c) {
  switch (c) {
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return c;
  }
}

}  // namespace

JsonFault find_fault(std::string_view text, int most_depth) {
  Reader reader(text, most_depth);
  if (reader.value(1)) reader.at_end();
  return reader.fault();
}

std::string_view take_value(std::string_view& rest, int most_depth, JsonFault& fault) {
  Reader reader(rest, most_depth);
  reader.skip_space();
  const char* begin = reader.at();
  const char* end = rest.data() + rest.size();
  if (begin != end && !reader.value(1)) {
    fault = reader.fault();
    return {};
  }
  rest = {reader.at(), static_cast<size_t>(end - reader.at())};
  return {begin, static_cast<size_t>(reader.at() - begin)};
}

std::vector<std::string_view> elements_of(std::string_view array, size_t most) {
  std::vector<std::string_view> elements;
  Reader reader(array, INT32_MAX);
  if (!reader.take('[') || reader.take(']')) return elements;
  do {
    reader.skip_space();
    const char* begin = reader.at();
    if (!reader.value(1)) break;
    elements.emplace_back(begin, static_cast<size_t>(reader.at() - begin));
  } while (elements.size() < most && reader.take(','));
  return elements;
}

void unescape(std::string_view quoted, std::string& to) {
  to.clear();
  const char* at = quoted.data() + 1;
  const char* end = quoted.data() + quoted.size() - 1;
  while (at < end) {
    const char* stop = string_stop(at, end);
    to.append(at, stop);
    if (stop == end) return;
    at = stop + 2;
    if (stop[1] != 'u') {
      to += meaning_of_escape(stop[1]);
      continue;
    }
    auto code = static_cast<uint32_t>(hex4(at, end));
    at += 4;
    if (code >= 0xD800 && code < 0xDC00) {
      const auto low = static_cast<uint32_t>(hex4(at + 2, end));
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
      at += 6;
    }
    append_utf8(code, to);
  }
}

}  // namespace json_decoder
