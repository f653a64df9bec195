#include "values/json_text.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "values/hex.hpp"
#include "values/json_order.hpp"
#include "values/numeric_math.hpp"
#include "values/utf8.hpp"

namespace sql {
namespace {

using simdjson::ondemand::json_type;

constexpr std::string_view kSpace = " \t\n\r";

std::string_view without_space_behind(std::string_view text) {
  const size_t last = text.find_last_not_of(kSpace);
  return text.substr(0, last + 1);
}

std::string_view without_space(std::string_view text) {
  const size_t first = text.find_first_not_of(kSpace);
  return first == text.npos ? std::string_view() : without_space_behind(text.substr(first));
}

size_t count_digits(std::string_view text) {
  size_t count = 0;
  while (count < text.size() && text[count] >= '0' && text[count] <= '9') ++count;
  return count;
}

// RFC 8259 §6.
bool is_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const size_t whole = count_digits(text);
  if (whole == 0 || (whole > 1 && text[0] == '0')) return false;
  text.remove_prefix(whole);
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    const size_t fraction = count_digits(text);
    if (fraction == 0) return false;
    text.remove_prefix(fraction);
  }
  if (text.empty()) return true;
  if (text[0] != 'e' && text[0] != 'E') return false;
  text.remove_prefix(1);
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return !text.empty() && count_digits(text) == text.size();
}

// Shorter ones without an exponent fit into numeric.
constexpr size_t kSurelyFits = 10'000;

// Of the four digits behind \u; -1: they are none.
int code_unit(const char* at, const char* end) {
  if (end - at < 4) return -1;
  int unit = 0;
  for (int i = 0; i < 4; ++i) {
    const int digit = hex_digit(at[i]);
    if (digit < 0) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

// The first quote, backslash or control character before `end`; otherwise a place behind it. Eight
// bytes at a time, of which the slack has enough: a byte is marked by its highest bit if it is less
// than a space or equal to what is sought, and the lowest mark is right (Hacker's Delight, 6-1).
const char* first_special(const char* at, const char* end) {
  constexpr uint64_t kOnes = 0x0101010101010101, kHighs = 0x8080808080808080;
  const auto zeros = [](uint64_t word) { return (word - kOnes) & ~word & kHighs; };
  for (; at < end; at += 8) {
    uint64_t word;
    std::memcpy(&word, at, sizeof(word));
    const uint64_t found = zeros(word ^ (kOnes * '"')) | zeros(word ^ (kOnes * '\\')) |
                           ((word - kOnes * ' ') & ~word & kHighs);
    if (found != 0) return at + std::countr_zero(found) / 8;
  }
  return end;
}

constexpr std::string_view kWrong = "invalid input syntax for type json";

}  // namespace

bool JsonReader::fail(const char* state, const char* message) {
  if (!has_failed_) run_->fail(state, message);
  has_failed_ = true;
  return false;
}

const JsonNode* JsonReader::read(Run& run, std::string_view text) {
  run_ = &run;
  has_failed_ = false;
  depth_ = 0;
  end_ = text.data() + text.size();
  nodes_.clear();
  const std::string_view trimmed = without_space(text);
  bool is_read = false;
  if (trimmed.empty()) {
    is_read = false;
  } else if (trimmed[0] != '{' && trimmed[0] != '[') {
    is_read = read_token(trimmed);
  } else {
    simdjson::ondemand::document document;
    const simdjson::padded_string_view padded(text.data(), text.size(),
                                              text.size() + Arena::kSlack);
    is_read = !parser_.iterate(padded).get(document);
    if (is_read && trimmed[0] == '{') {
      simdjson::ondemand::object object;
      is_read = !document.get_object().get(object) && read_object(object);
    } else if (is_read) {
      simdjson::ondemand::array array;
      is_read = !document.get_array().get(array) && read_array(array);
    }
    // What follows the document belongs to none.
    const char* rest = nullptr;
    is_read = is_read && document.current_location().get(rest) != simdjson::SUCCESS;
  }
  if (!is_read) {
    fail("22P02", kWrong.data());
    return nullptr;
  }
  auto* const nodes = run.arena().allocate_array<JsonNode>(nodes_.size());
  std::copy(nodes_.begin(), nodes_.end(), nodes);
  return nodes;
}

bool JsonReader::read_value(Value value) {
  json_type type;
  if (value.type().get(type)) return false;
  switch (type) {
    case json_type::array: {
      simdjson::ondemand::array array;
      return !value.get_array().get(array) && read_array(array);
    }
    case json_type::object: {
      simdjson::ondemand::object object;
      return !value.get_object().get(object) && read_object(object);
    }
    case json_type::string: {
      simdjson::ondemand::raw_json_string raw;
      return !value.get_raw_json_string().get(raw) && read_string(raw.raw());
    }
    // The iterator passes over what it was not asked for.
    default: return read_token(without_space_behind(value.raw_json_token()));
  }
}

bool JsonReader::read_array(simdjson::ondemand::array array) {
  if (++depth_ > kMostDepth) return fail("54001", "stack depth limit exceeded");
  const size_t self = nodes_.size();
  add(JsonKind::kArray, nullptr, 0);
  uint32_t count = 0;
  for (auto element : array) {
    Value value;
    if (element.get(value) || !read_value(value)) return false;
    ++count;
  }
  end(self, count);
  return true;
}

bool JsonReader::read_object(simdjson::ondemand::object object) {
  if (++depth_ > kMostDepth) return fail("54001", "stack depth limit exceeded");
  const size_t self = nodes_.size();
  add(JsonKind::kObject, nullptr, 0);
  uint32_t count = 0;
  for (auto member : object) {
    simdjson::ondemand::raw_json_string name;
    if (member.key().get(name) || !read_string(name.raw())) return false;
    Value value;
    if (member.value().get(value) || !read_value(value)) return false;
    ++count;
  }
  end(self, count);
  return true;
}

// `begin` is behind the quote.
bool JsonReader::read_string(const char* begin, const char** end) {
  const char* at = first_special(begin, end_);
  bool has_escapes = false;
  while (at < end_ && *at != '"') {
    if (static_cast<unsigned char>(*at) < 0x20) return false;
    if (*at == '\\') {
      has_escapes = true;
      ++at;
    }
    ++at;
  }
  if (at >= end_) return false;
  if (end) *end = at + 1;
  if (has_escapes) return read_escaped(begin, at);
  add(JsonKind::kString, begin, static_cast<size_t>(at - begin));
  return true;
}

bool JsonReader::read_escaped(const char* at, const char* end) {
  // What is read is never longer than what was written.
  char* const text = run_->arena().allocate(static_cast<size_t>(end - at));
  char* to = text;
  while (at < end) {
    if (*at != '\\') {
      *to++ = *at++;
      continue;
    }
    ++at;
    const char escape = *at++;
    switch (escape) {
      case '"':
      case '\\':
      case '/': *to++ = escape; break;
      case 'b': *to++ = '\b'; break;
      case 'f': *to++ = '\f'; break;
      case 'n': *to++ = '\n'; break;
      case 'r': *to++ = '\r'; break;
      case 't': *to++ = '\t'; break;
      case 'u': {
        int unit = code_unit(at, end);
        if (unit < 0) return false;
        at += 4;
        if (unit == 0) return fail("22P05", "unsupported Unicode escape sequence");
        char32_t point = static_cast<char32_t>(unit);
        if (unit >= 0xDC00 && unit < 0xE000) return false;
        if (unit >= 0xD800 && unit < 0xDC00) {
          if (end - at < 6 || at[0] != '\\' || at[1] != 'u') return false;
          const int low = code_unit(at + 2, end);
          if (low < 0xDC00 || low >= 0xE000) return false;
          at += 6;
          point = 0x10000 + ((static_cast<char32_t>(unit) & 0x3FF) << 10) +
                  (static_cast<char32_t>(low) & 0x3FF);
        }
        to = write_utf8(to, point);
        break;
      }
      default: return false;
    }
  }
  add(JsonKind::kString, text, static_cast<size_t>(to - text));
  return true;
}

bool JsonReader::read_token(std::string_view token) {
  if (token == "null") add(JsonKind::kNull, nullptr, 0);
  else if (token == "true") add(JsonKind::kTrue, nullptr, 0);
  else if (token == "false") add(JsonKind::kFalse, nullptr, 0);
  else if (token.starts_with('"')) {
    const char* end = nullptr;
    return read_string(token.data() + 1, &end) && end == token.data() + token.size();
  } else {
    return read_number(token);
  }
  return true;
}

bool JsonReader::read_number(std::string_view token) {
  if (!is_number(token)) return false;
  const bool is_plain = token.size() < kSurelyFits && token.find_first_of("eE") == token.npos;
  if (!is_plain && !parse_numeric(*run_, token)) {
    has_failed_ = true;
    return false;
  }
  add(JsonKind::kNumber, token.data(), token.size());
  return true;
}

void append_number(std::string& to, std::string_view written) {
  const bool has_exponent = written.find_first_of("eE") != written.npos;
  const bool is_minus_zero = written[0] == '-' && written.find_first_not_of("-0.") == written.npos;
  if (!has_exponent) {
    to += is_minus_zero ? written.substr(1) : written;
    return;
  }
  Arena arena;
  Run run(arena);
  Failures unused;
  unused.start(1);
  run.set_failures(unused);
  append_text(to, *parse_numeric(run, written));  // checked when it was read
}

void append_quoted(std::string& to, std::string_view text) {
  to += '"';
  for (const char c : text) {
    switch (c) {
      case '\b': to += "\\b"; break;
      case '\f': to += "\\f"; break;
      case '\n': to += "\\n"; break;
      case '\r': to += "\\r"; break;
      case '\t': to += "\\t"; break;
      case '"': to += "\\\""; break;
      case '\\': to += "\\\\"; break;
      default:
        if (static_cast<unsigned char>(c) < ' ') {
          to += "\\u00";
          to += kHexDigits[c >> 4];
          to += kHexDigits[c & 15];
        } else {
          to += c;
        }
    }
  }
  to += '"';
}

void append_json(std::string& to, const JsonNode* node) {
  switch (node->kind) {
    case JsonKind::kNull: to += "null"; return;
    case JsonKind::kFalse: to += "false"; return;
    case JsonKind::kTrue: to += "true"; return;
    case JsonKind::kNumber: append_number(to, node->view()); return;
    case JsonKind::kString: append_quoted(to, node->view()); return;
    case JsonKind::kArray: {
      to += '[';
      const JsonNode* element = node + 1;
      for (uint32_t i = 0; i < node->size; ++i, element = after(element)) {
        if (i > 0) to += ", ";
        append_json(to, element);
      }
      to += ']';
      return;
    }
    case JsonKind::kObject: {
      to += '{';
      bool is_first = true;
      for (const JsonNode* name : sorted_members(node)) {
        if (!is_first) to += ", ";
        is_first = false;
        append_quoted(to, name->view());
        to += ": ";
        append_json(to, name + 1);
      }
      to += '}';
      return;
    }
  }
}

}  // namespace sql
