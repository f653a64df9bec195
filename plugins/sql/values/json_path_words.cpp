#include "values/json_path_words.hpp"

#include <algorithm>

#include "values/hex.hpp"
#include "values/utf8.hpp"

namespace sql {
namespace {

constexpr std::string_view kPathSpaces = " \t\n\r\f";
// What ends a name.
constexpr std::string_view kPathSigns = "?%$.[]{}()|&!=<>@#,*:-+/";
constexpr std::string_view kLongSigns[]{"&&", "||", "**", "==", "<>", "!=", "<=", ">="};

bool is_path_digit(char c) { return c >= '0' && c <= '9'; }
bool is_of_name(char c) {
  return kPathSpaces.find(c) == kPathSpaces.npos && kPathSigns.find(c) == kPathSigns.npos &&
         c != '"' && c != '\\';
}

}  // namespace

bool PathWords::fail(const char* state, const std::string& message) {
  run_.fail(state, message);
  return false;
}

std::string PathWords::near(const char* message, size_t begin, size_t end) const {
  return std::string(message) + " at or near \"" + std::string(text_.substr(begin, end - begin)) +
         "\" of jsonpath input";
}

bool PathWords::skip_comment() {
  const size_t end = text_.find("*/", at_ + 2);
  if (end == text_.npos) return fail("42601", "unexpected end of comment at end of jsonpath input");
  at_ = end + 2;
  return true;
}

bool PathWords::read(PathWord& word) {
  word = {};
  while (true) {
    at_ = std::min(text_.find_first_not_of(kPathSpaces, at_), text_.size());
    if (!is_at("/*")) break;
    if (!skip_comment()) return false;
  }
  if (at_ == text_.size()) return true;
  const char c = text_[at_];
  const char next = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
  if (c == '"') {
    word.kind = PathWord::kString;
    return read_quoted(word);
  }
  if (is_path_digit(c) || (c == '.' && is_path_digit(next))) return read_number(word);
  if (c == '$' && (next == '"' || (next != '\0' && is_of_name(next)))) {
    const size_t begin = at_++;
    while (next != '"' && at_ < text_.size() && is_of_name(text_[at_])) ++at_;
    word.shown = text_.substr(begin, at_ - begin);
    word.kind = PathWord::kVariable;
    return next != '"' || read_quoted(word);
  }
  if (c == '\\' || is_of_name(c)) return read_name(word);
  word.kind = PathWord::kSign;
  size_t size = 1;
  for (const std::string_view sign : kLongSigns) {
    if (is_at(sign)) size = sign.size();
  }
  word.shown = text_.substr(at_, size);
  word.text = word.shown;
  at_ += size;
  return true;
}

// A comment right behind a name takes it away, as it does in PostgreSQL.
bool PathWords::read_name(PathWord& word) {
  word.kind = PathWord::kName;
  while (at_ < text_.size()) {
    if (text_[at_] == '\\') {
      if (!read_escape(word.text)) return false;
    } else if (is_of_name(text_[at_])) {
      word.text += text_[at_++];
    } else {
      break;
    }
  }
  if (is_at("/*")) return read(word);
  // The blanks behind it are what the scanner has seen last.
  const size_t end = std::min(text_.find_first_not_of(kPathSpaces, at_), text_.size());
  word.shown = text_.substr(at_, end - at_);
  return true;
}

bool PathWords::read_quoted(PathWord& word) {
  ++at_;
  while (at_ < text_.size() && text_[at_] != '"') {
    if (text_[at_] != '\\') word.text += text_[at_++];
    else if (!read_escape(word.text)) return false;
  }
  if (at_ == text_.size())
    return fail("42601", "unexpected end of quoted string at end of jsonpath input");
  word.shown = text_.substr(at_++, 1);
  return true;
}

bool PathWords::read_escape(std::string& to) {
  const size_t begin = at_++;
  if (at_ == text_.size())
    return fail("42601", "unexpected end after backslash at or near \"\\\" of jsonpath input");
  const char c = text_[at_];
  if (c == 'u') {
    at_ = begin;
    return read_unicode(to);
  }
  ++at_;
  if (c == 'x') {
    const int high = at_ < text_.size() ? hex_digit(text_[at_]) : -1;
    const int low = at_ + 1 < text_.size() ? hex_digit(text_[at_ + 1]) : -1;
    if (high < 0 || low < 0)
      return fail("42601", near("invalid hex character sequence", begin, at_ + (high >= 0)));
    at_ += 2;
    const int value = high * 16 + low;
    if (value == 0) return fail("22P05", "unsupported Unicode escape sequence");
    char bytes[4];
    to.append(bytes, write_utf8(bytes, static_cast<char32_t>(value)));
    return true;
  }
  constexpr std::string_view kEscapes = "bfnrtv", kMeant = "\b\f\n\r\t\v";
  const size_t which = kEscapes.find(c);
  to += which == kEscapes.npos ? c : kMeant[which];
  return true;
}

// One or two \uXXXX or \u{X…}.
bool PathWords::read_unicode(std::string& to) {
  char32_t high = 0;
  while (is_at("\\u")) {
    size_t at = at_ + 2;
    const bool has_braces = at < text_.size() && text_[at] == '{';
    at += has_braces;
    char32_t point = 0;
    size_t digits = 0;
    for (; digits < (has_braces ? 6 : 4) && at < text_.size() && hex_digit(text_[at]) >= 0;
         ++digits)
      point = point << 4 | static_cast<char32_t>(hex_digit(text_[at++]));
    const bool is_whole =
        has_braces ? digits > 0 && at < text_.size() && text_[at] == '}' : digits == 4;
    if (!is_whole) return fail("42601", near("invalid unicode sequence", at_, at));
    at_ = at + has_braces;
    if (point == 0) return fail("22P05", "unsupported Unicode escape sequence");
    const bool is_low = point >= 0xDC00 && point < 0xE000;
    if (point > 0x10FFFF) return fail("42601", "invalid Unicode code point");
    if (is_low != (high != 0)) return fail("22P02", "invalid input syntax for type jsonpath");
    if (point >= 0xD800 && point < 0xDC00) {
      high = point;
      continue;
    }
    if (is_low) point = 0x10000 + ((high & 0x3FF) << 10) + (point & 0x3FF);
    high = 0;
    char bytes[4];
    to.append(bytes, write_utf8(bytes, point));
  }
  return high == 0 || fail("22P02", "invalid input syntax for type jsonpath");
}

bool PathWords::read_number(PathWord& word) {
  const size_t begin = at_;
  const auto skip_digits = [&] {
    const size_t first = at_;
    while (at_ < text_.size() && is_path_digit(text_[at_])) ++at_;
    return at_ > first;
  };
  // No zeros in front.
  if (text_[at_] == '0') ++at_;
  else skip_digits();
  if (at_ < text_.size() && text_[at_] == '.') {
    ++at_;
    skip_digits();
  }
  if (at_ < text_.size() && (text_[at_] | 0x20) == 'e') {
    const size_t mantissa = at_++;
    const bool has_sign = at_ < text_.size() && (text_[at_] == '-' || text_[at_] == '+');
    at_ += has_sign;
    if (!skip_digits() && !has_sign) at_ = mantissa;
    else if (at_ == mantissa + 2 && has_sign)
      return fail("42601", near("invalid numeric literal", begin, at_));
  }
  word.shown = text_.substr(begin, at_ - begin);
  size_t end_of_name = begin;
  while (end_of_name < text_.size() && is_of_name(text_[end_of_name])) ++end_of_name;
  // The scanner takes what matches longest: a name that begins with digits, if more than one byte
  // follows them.
  if (end_of_name > at_ + 1) {
    at_ = begin;
    word = {};
    return read_name(word);
  }
  if (at_ < text_.size() && is_of_name(text_[at_])) {
    const size_t junk = bytes_of_character(text_[at_]);
    return fail("42601", near("trailing junk after numeric literal", begin, at_ + junk));
  }
  word.kind = PathWord::kNumber;
  word.text = word.shown;
  return true;
}

}  // namespace sql
