#include "values/like.hpp"

#include "values/utf8.hpp"

namespace sql {
namespace {

// One element of a pattern against one character. `size`: of the element.
enum class Step { kMatch, kMismatch, kBroken };

Step match_one(Text text, size_t at, Text pattern, size_t place, size_t& text_bytes,
               size_t& pattern_bytes) {
  text_bytes = bytes_of_character(text[at]);
  pattern_bytes = 1;
  if (pattern[place] == '_') return Step::kMatch;
  size_t literal = place;
  if (pattern[place] == '\\') {
    if (++literal == pattern.size()) return Step::kBroken;
    ++pattern_bytes;
  }
  const size_t bytes = bytes_of_character(pattern[literal]);
  pattern_bytes += bytes - 1;
  const bool same = text.substr(at, text_bytes) == pattern.substr(literal, bytes);
  return same ? Step::kMatch : Step::kMismatch;
}

void fail_end(Run& run) { run.fail("22025", "LIKE pattern must not end with escape character"); }

// Behind a %, PostgreSQL looks at what must match next before it looks for it (MatchText of
// like_match.c).
bool leads_to_broken_end(Text text, size_t at, Text pattern, size_t place) {
  for (; place < pattern.size() && (pattern[place] == '%' || pattern[place] == '_'); ++place) {
    if (pattern[place] == '%') continue;
    if (at >= text.size()) return false;
    at += bytes_of_character(text[at]);
  }
  return place + 1 == pattern.size() && pattern[place] == '\\';
}

}  // namespace

// Where it does not go on, the last % takes one character more; earlier ones never need to.
bool matches_like(Run& run, Text text, Text pattern) {
  size_t at = 0, place = 0;
  size_t behind_any = pattern.npos, taken = 0;
  while (at < text.size()) {
    if (place < pattern.size() && pattern[place] == '%') {
      if (leads_to_broken_end(text, at, pattern, place)) {
        fail_end(run);
        return false;
      }
      behind_any = ++place;
      taken = at;
      continue;
    }
    size_t text_bytes = 0, pattern_bytes = 0;
    Step step = Step::kMismatch;
    if (place < pattern.size())
      step = match_one(text, at, pattern, place, text_bytes, pattern_bytes);
    if (step == Step::kBroken) {
      fail_end(run);
      return false;
    }
    if (step == Step::kMatch) {
      at += text_bytes;
      place += pattern_bytes;
    } else if (behind_any != pattern.npos) {
      taken += bytes_of_character(text[taken]);
      at = taken;
      place = behind_any;
    } else {
      return false;
    }
  }
  while (place < pattern.size() && pattern[place] == '%') ++place;
  return place == pattern.size();
}

Text like_pattern(Run& run, Text pattern, Text escape) {
  std::string result;
  if (escape.empty()) {
    for (const char c : pattern) result += c == '\\' ? "\\\\" : std::string(1, c);
    return run.arena().copy(result);
  }
  if (count_characters(escape) != 1) {
    run.fail("22025", "invalid escape string");
    return {};
  }
  if (escape == "\\") return pattern;
  for (size_t at = 0; at < pattern.size();) {
    const size_t bytes = bytes_of_character(pattern[at]);
    const Text character = pattern.substr(at, bytes);
    at += bytes;
    if (character == escape) {
      result += '\\';
      if (at < pattern.size()) {
        const size_t next = bytes_of_character(pattern[at]);
        result += pattern.substr(at, next);
        at += next;
      }
    } else {
      if (character == "\\") result += '\\';
      result += character;
    }
  }
  return run.arena().copy(result);
}

}  // namespace sql
