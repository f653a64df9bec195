// Functions and operators of text.
#include <wctype.h>

#include <algorithm>
#include <locale>

#include "catalogue/catalogue.hpp"
#include "values/like.hpp"
#include "values/utf8.hpp"
#include "values/value_text.hpp"

namespace sql {
namespace {

Text concatenate(Run& run, Text a, Text b) {
  char* to = run.arena().allocate(a.size() + b.size());
  std::copy(a.begin(), a.end(), to);
  std::copy(b.begin(), b.end(), to + a.size());
  return {to, a.size() + b.size()};
}
Bytes concatenate_bytes(Run& run, Bytes a, Bytes b) { return {concatenate(run, a.bytes, b.bytes)}; }

// The C library's simple mappings, as PostgreSQL uses them with the locale C.UTF-8.
locale_t locale() {
  static const locale_t made = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return made;
}

template <wint_t (*map)(wint_t, locale_t)>
Text mapped(Run& run, Text text) {
  // A character's other case may have more bytes than it.
  char* const begin = run.arena().allocate(2 * text.size());
  char* to = begin;
  for (size_t at = 0; at < text.size();) {
    to = write_utf8(
        to, static_cast<char32_t>(map(static_cast<wint_t>(read_character(text, at)), locale())));
  }
  return {begin, static_cast<size_t>(to - begin)};
}
Text lower(Run& run, Text text) { return mapped<towlower_l>(run, text); }
Text upper(Run& run, Text text) { return mapped<towupper_l>(run, text); }

int32_t length(Text text) { return static_cast<int32_t>(count_characters(text)); }
int32_t length_in_bytes(Text text) { return static_cast<int32_t>(text.size()); }
int32_t length_of_bytes(Bytes bytes) { return static_cast<int32_t>(bytes.bytes.size()); }

// Characters `begin` up to `end`, of which the first is number 1.
Text characters(Text text, int64_t begin, int64_t end) {
  begin = std::max<int64_t>(begin, 1);
  if (end <= begin) return {};
  const size_t from = offset_of_character(text, static_cast<size_t>(begin - 1));
  const Text rest = text.substr(from);
  return rest.substr(0, offset_of_character(rest, static_cast<size_t>(end - begin)));
}

Text substring_from(Text text, int32_t begin) { return characters(text, begin, INT64_MAX); }
Text substring_of(Run& run, Text text, int32_t begin, int32_t length) {
  if (length < 0) {
    run.fail("22011", "negative substring length not allowed");
    return {};
  }
  return characters(text, begin, int64_t{begin} + length);
}

Text left(Text text, int32_t count) {
  const int64_t all = count < 0 ? length(text) : 0;
  return characters(text, 1, 1 + (count < 0 ? std::max<int64_t>(all + count, 0) : count));
}
Text right(Text text, int32_t count) {
  // Has no positive one; PostgreSQL leaves the text whole.
  if (count == INT32_MIN) return text;
  const int64_t all = length(text);
  const int64_t left_out = count < 0 ? -int64_t{count} : std::max<int64_t>(all - count, 0);
  return characters(text, 1 + left_out, INT64_MAX);
}

Text split_part(Run& run, Text text, Text delimiter, int32_t number) {
  if (number == 0) {
    run.fail("22023", "field position must not be zero");
    return {};
  }
  if (text.empty()) return {};
  if (delimiter.empty()) return number == 1 || number == -1 ? text : Text();
  int64_t wanted = number;
  if (wanted < 0) {
    int64_t parts = 1;
    for (size_t at = text.find(delimiter); at != text.npos;
         at = text.find(delimiter, at + delimiter.size()))
      ++parts;
    wanted += parts + 1;
    if (wanted <= 0) return {};
  }
  size_t begin = 0;
  while (true) {
    const size_t end = text.find(delimiter, begin);
    if (--wanted == 0) return text.substr(begin, end == text.npos ? text.npos : end - begin);
    if (end == text.npos) return {};
    begin = end + delimiter.size();
  }
}

Text replace(Run& run, Text text, Text from, Text to) {
  if (from.empty() || text.find(from) == text.npos) return text;
  std::string result;
  size_t begin = 0;
  for (size_t at = text.find(from); at != text.npos; at = text.find(from, begin)) {
    result += text.substr(begin, at - begin);
    result += to;
    begin = at + from.size();
  }
  result += text.substr(begin);
  return run.arena().copy(result);
}

Text translate(Run& run, Text text, Text from, Text to) {
  std::string result;
  for (size_t at = 0; at < text.size();) {
    const size_t size = bytes_of_character(text[at]);
    const Text character = text.substr(at, size);
    at += size;
    size_t number = 0, found = 0;
    bool is_found = false;
    for (size_t i = 0; i < from.size() && !is_found; i += bytes_of_character(from[i]), ++number) {
      if (from.substr(i, bytes_of_character(from[i])) == character) {
        is_found = true;
        found = number;
      }
    }
    if (!is_found) {
      result += character;
      continue;
    }
    const size_t place = offset_of_character(to, found);
    if (place < to.size()) result += to.substr(place, bytes_of_character(to[place]));
  }
  return run.arena().copy(result);
}

bool has_character(Text set, Text character) {
  for (size_t i = 0; i < set.size(); i += bytes_of_character(set[i])) {
    if (set.substr(i, bytes_of_character(set[i])) == character) return true;
  }
  return false;
}

Text trim_left(Text text, Text set) {
  while (!text.empty() && has_character(set, text.substr(0, bytes_of_character(text[0])))) {
    text.remove_prefix(bytes_of_character(text[0]));
  }
  return text;
}
Text trim_right(Text text, Text set) {
  while (!text.empty()) {
    size_t last = text.size() - 1;
    while (!begins_character(text[last])) --last;
    if (!has_character(set, text.substr(last))) break;
    text = text.substr(0, last);
  }
  return text;
}
Text trim(Text text, Text set) { return trim_right(trim_left(text, set), set); }
Text trim_spaces_left(Text text) { return trim_left(text, " "); }
Text trim_spaces_right(Text text) { return trim_right(text, " "); }
Text trim_spaces(Text text) { return trim(text, " "); }

int32_t position_of(Text text, Text part) {
  const size_t at = text.find(part);
  return at == text.npos ? 0 : 1 + length(text.substr(0, at));
}
bool starts_with(Text text, Text part) { return text.starts_with(part); }

Text reverse(Run& run, Text text) {
  char* const begin = run.arena().allocate(text.size());
  char* to = begin + text.size();
  for (size_t at = 0; at < text.size();) {
    const size_t size = bytes_of_character(text[at]);
    to -= size;
    std::copy_n(text.data() + at, size, to);
    at += size;
  }
  return {begin, text.size()};
}

// What a text may grow to. PostgreSQL's limit is 1 GB; a message makes no such text by intention.
constexpr int64_t kMostBytes = 16 << 20;

bool has_room(Run& run, int64_t bytes) {
  if (bytes <= kMostBytes) return true;
  run.fail("54000", "requested length too large");
  return false;
}

std::string fill_of(Text fill, int64_t characters) {
  std::string result;
  const int64_t whole = length(fill);
  for (; characters >= whole; characters -= whole) result += fill;
  result += fill.substr(0, offset_of_character(fill, static_cast<size_t>(characters)));
  return result;
}

template <bool before>
Text padded(Run& run, Text text, int32_t count, Text fill) {
  const int64_t wanted = std::max(count, 0);
  const int64_t has = length(text);
  if (has >= wanted) return characters(text, 1, 1 + wanted);
  if (fill.empty()) return text;
  if (!has_room(run, 4 * wanted)) return {};
  const std::string more = fill_of(fill, wanted - has);
  return before ? concatenate(run, more, text) : concatenate(run, text, more);
}
template <bool before>
Text padded_with_spaces(Run& run, Text text, int32_t count) {
  return padded<before>(run, text, count, " ");
}

Text repeat(Run& run, Text text, int32_t count) {
  if (count <= 0 || text.empty()) return {};
  if (!has_room(run, static_cast<int64_t>(text.size()) * count)) return {};
  std::string result;
  for (int32_t i = 0; i < count; ++i) result += text;
  return run.arena().copy(result);
}

template <bool wanted>
bool is_like(Run& run, Text text, Text pattern) {
  return matches_like(run, text, pattern) == wanted;
}
template <bool wanted>
bool is_like_in_any_case(Run& run, Text text, Text pattern) {
  return matches_like(run, lower(run, text), lower(run, pattern)) == wanted;
}
Text with_escape(Run& run, Text pattern, Text escape) { return like_pattern(run, pattern, escape); }

}  // namespace

void add_texts(Catalogue& to) {
  to.add_operator<concatenate>("||");
  const Kernel concatenation = KernelOf<concatenate>::kKernel;
  to.add_operator({"||", {Base::kText, Base::kAnyNonArray}, Base::kText, concatenation});
  to.add_operator({"||", {Base::kAnyNonArray, Base::kText}, Base::kText, concatenation});
  to.add_operator<concatenate_bytes>("||");
  to.add_function<lower>("lower");
  to.add_function<upper>("upper");
  for (const std::string_view name : {"length", "char_length", "character_length"})
    to.add_function<length>(name);
  to.add_function<length_of_bytes>("length");
  to.add_function<length_in_bytes>("octet_length");
  to.add_function<length_of_bytes>("octet_length");
  for (const std::string_view name : {"substring", "substr"}) {
    to.add_function<substring_from>(name);
    to.add_function<substring_of>(name);
  }
  to.add_function<left>("left");
  to.add_function<right>("right");
  to.add_function<split_part>("split_part");
  to.add_function<replace>("replace");
  to.add_function<translate>("translate");
  to.add_function<trim>("btrim");
  to.add_function<trim_spaces>("btrim");
  to.add_function<trim_left>("ltrim");
  to.add_function<trim_spaces_left>("ltrim");
  to.add_function<trim_right>("rtrim");
  to.add_function<trim_spaces_right>("rtrim");
  to.add_function<position_of>("strpos");
  to.add_function<position_of>("position");
  to.add_function<starts_with>("starts_with");
  to.add_operator<starts_with>("^@");
  to.add_function<reverse>("reverse");
  to.add_function<padded<true>>("lpad");
  to.add_function<padded_with_spaces<true>>("lpad");
  to.add_function<padded<false>>("rpad");
  to.add_function<padded_with_spaces<false>>("rpad");
  to.add_function<repeat>("repeat");
  to.add_operator<is_like<true>>("~~");
  to.add_operator<is_like<false>>("!~~");
  to.add_operator<is_like_in_any_case<true>>("~~*");
  to.add_operator<is_like_in_any_case<false>>("!~~*");
  to.add_function<with_escape>("like_escape");
}

}  // namespace sql
