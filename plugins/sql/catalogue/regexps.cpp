// Functions and operators of regular expressions (src/backend/utils/adt/regexp.c, varlena.c).
#include "catalogue/catalogue.hpp"
#include "catalogue/regexp_calls.hpp"
#include "regexps/cache.hpp"
#include "values/similar.hpp"
#include "values/utf8.hpp"

namespace sql {
namespace {

template <bool wanted, unsigned options>
bool is_regexp_match(Run& run, Text text, Text pattern) {
  const Regexp* const regexp = find_regexp(run, pattern, options, false);
  if (regexp == nullptr) return false;
  Match& match = run.regexps().match();
  match.start(*regexp, text);
  return match.is_anywhere() == wanted;
}

// The part that a match is asked for: of the whole, or of a group.
std::optional<Text> part_of(Match& match, Match::Span span) {
  if (!span.is_set()) return std::nullopt;
  return match.text().substr(span.begin, span.end - span.begin);
}

std::optional<Text> substring_by_regexp(Run& run, Text text, Text pattern) {
  const Regexp* const regexp = find_regexp(run, pattern, kUsualOptions, true);
  if (regexp == nullptr) return std::nullopt;
  Match& match = run.regexps().match();
  match.start(*regexp, text);
  if (!match.find(0)) return std::nullopt;
  return part_of(match, regexp->groups() > 0 ? match.groups()[0] : match.whole());
}

// In PostgreSQL an SQL function, which comes to substring(text, similar_to_escape(pattern,
// escape)).
std::optional<Text> substring_by_similar(Run& run, std::optional<Text> text,
                                         std::optional<Text> pattern, std::optional<Text> escape) {
  if (!pattern || !escape) return std::nullopt;
  const Text regexp = regexp_of_similar(run, *pattern, *escape);
  if (regexp.empty() || !text) return std::nullopt;
  return substring_by_regexp(run, *text, regexp);
}

void check_similar(Run& run, Arguments constants) {
  if (constants[1] == nullptr || constants[1]->is_null(0)) return;
  if (constants[2] == nullptr || constants[2]->is_null(0)) return;
  const Text regexp =
      regexp_of_similar(run, constants[1]->of<Text>()[0], constants[2]->of<Text>()[0]);
  if (!regexp.empty()) find_regexp(run, regexp, kUsualOptions, true);
}

Text similar_escape(Run& run, Text pattern, Text escape) {
  return regexp_of_similar(run, pattern, escape);
}
Text similar(Run& run, Text pattern) { return regexp_of_similar(run, pattern, "\\"); }

bool regexp_like(Run& run, Text text, Text pattern, Text flags) {
  RegexpFlags read;
  if (!read_regexp_flags(run, flags, "regexp_like()", read)) return false;
  const Regexp* const regexp = find_regexp(run, pattern, read.options, false);
  if (regexp == nullptr) return false;
  Match& match = run.regexps().match();
  match.start(*regexp, text);
  return match.is_anywhere();
}
bool regexp_like_plain(Run& run, Text text, Text pattern) {
  return regexp_like(run, text, pattern, "");
}

// Which match is looked for, and what of it.
struct Wanted {
  int32_t start = 1, number = 1, group = 0;
};

bool is_valid(Run& run, const char* name, int32_t value, int32_t least, int32_t most = INT32_MAX) {
  if (value >= least && value <= most) return true;
  run.fail("22023",
           std::string("invalid value for parameter \"") + name + "\": " + std::to_string(value));
  return false;
}

// Nothing: there is no such match, or it has failed. A group beyond those that there are is none,
// but for the first of a pattern without groups, which is the whole (setup_regexp_matches).
std::optional<Match::Span> find_match(Run& run, Text text, Text pattern, const RegexpFlags& flags,
                                      const Wanted& wanted) {
  const Regexp* const regexp = find_regexp(run, pattern, flags.options, wanted.group > 0);
  if (regexp == nullptr) return std::nullopt;
  RegexpMatches matches(run.regexps().match(), *regexp, text, wanted.start);
  for (int32_t i = 0; i < wanted.number; ++i) {
    if (!matches.next()) return std::nullopt;
  }
  Match& match = run.regexps().match();
  const bool has_groups = wanted.group > 0 && regexp->groups() > 0;
  if (static_cast<size_t>(wanted.group) > (has_groups ? regexp->groups() : 1)) return std::nullopt;
  return has_groups ? match.groups()[static_cast<size_t>(wanted.group) - 1] : match.whole();
}

int32_t regexp_count(Run& run, Text text, Text pattern, int32_t start, Text flags) {
  RegexpFlags read;
  if (!is_valid(run, "start", start, 1)) return 0;
  if (!read_regexp_flags(run, flags, "regexp_count()", read)) return 0;
  const Regexp* const regexp = find_regexp(run, pattern, read.options, false);
  if (regexp == nullptr) return 0;
  RegexpMatches matches(run.regexps().match(), *regexp, text, start);
  int32_t count = 0;
  while (matches.next()) ++count;
  return count;
}
int32_t regexp_count_from(Run& run, Text text, Text pattern, int32_t start) {
  return regexp_count(run, text, pattern, start, "");
}
int32_t regexp_count_all(Run& run, Text text, Text pattern) {
  return regexp_count(run, text, pattern, 1, "");
}

int32_t regexp_instr(Run& run, Text text, Text pattern, int32_t start, int32_t number, int32_t end,
                     Text flags, int32_t group) {
  RegexpFlags read;
  if (!is_valid(run, "start", start, 1) || !is_valid(run, "n", number, 1)) return 0;
  if (!is_valid(run, "endoption", end, 0, 1) || !is_valid(run, "subexpr", group, 0)) return 0;
  if (!read_regexp_flags(run, flags, "regexp_instr()", read)) return 0;
  const auto found = find_match(run, text, pattern, read, {start, number, group});
  if (!found || !found->is_set()) return 0;
  const Text before = text.substr(0, end == 1 ? found->end : found->begin);
  return static_cast<int32_t>(count_characters(before)) + 1;
}
int32_t regexp_instr_6(Run& run, Text text, Text pattern, int32_t start, int32_t number,
                       int32_t end, Text flags) {
  return regexp_instr(run, text, pattern, start, number, end, flags, 0);
}
int32_t regexp_instr_5(Run& run, Text text, Text pattern, int32_t start, int32_t number,
                       int32_t end) {
  return regexp_instr(run, text, pattern, start, number, end, "", 0);
}
int32_t regexp_instr_4(Run& run, Text text, Text pattern, int32_t start, int32_t number) {
  return regexp_instr(run, text, pattern, start, number, 0, "", 0);
}
int32_t regexp_instr_3(Run& run, Text text, Text pattern, int32_t start) {
  return regexp_instr(run, text, pattern, start, 1, 0, "", 0);
}
int32_t regexp_instr_2(Run& run, Text text, Text pattern) {
  return regexp_instr(run, text, pattern, 1, 1, 0, "", 0);
}

std::optional<Text> regexp_substr(Run& run, Text text, Text pattern, int32_t start, int32_t number,
                                  Text flags, int32_t group) {
  RegexpFlags read;
  if (!is_valid(run, "start", start, 1) || !is_valid(run, "n", number, 1) ||
      !is_valid(run, "subexpr", group, 0))
    return std::nullopt;
  if (!read_regexp_flags(run, flags, "regexp_substr()", read)) return std::nullopt;
  const auto found = find_match(run, text, pattern, read, {start, number, group});
  if (!found || !found->is_set()) return std::nullopt;
  return text.substr(found->begin, found->end - found->begin);
}
std::optional<Text> regexp_substr_5(Run& run, Text text, Text pattern, int32_t start,
                                    int32_t number, Text flags) {
  return regexp_substr(run, text, pattern, start, number, flags, 0);
}
std::optional<Text> regexp_substr_4(Run& run, Text text, Text pattern, int32_t start,
                                    int32_t number) {
  return regexp_substr(run, text, pattern, start, number, "", 0);
}
std::optional<Text> regexp_substr_3(Run& run, Text text, Text pattern, int32_t start) {
  return regexp_substr(run, text, pattern, start, 1, "", 0);
}
std::optional<Text> regexp_substr_2(Run& run, Text text, Text pattern) {
  return regexp_substr(run, text, pattern, 1, 1, "", 0);
}

constexpr size_t kMostReplaced = 16 << 20;

// \1, \& and \\ in a replacement (appendStringInfoRegexpSubstr).
void append_replacement(std::string& to, Text replacement, Match& match, bool has_groups) {
  for (size_t at = 0; at < replacement.size(); ++at) {
    const char c = replacement[at];
    const char next = at + 1 < replacement.size() ? replacement[at + 1] : '\0';
    if (c != '\\') {
      to += c;
      continue;
    }
    Match::Span span;
    if (next >= '1' && next <= '9') {
      const auto number = static_cast<size_t>(next - '1');
      if (has_groups && number < match.groups().size()) span = match.groups()[number];
    } else if (next == '&') {
      span = match.whole();
    } else {
      to += c;
      at += next == '\\';
      continue;
    }
    ++at;
    if (span.is_set()) to += match.text().substr(span.begin, span.end - span.begin);
  }
}

// `number`: which match is replaced; 0: all.
Text replace_matches(Run& run, Text text, Text pattern, Text replacement, unsigned options,
                     int32_t start, int32_t number) {
  const bool has_groups = names_group(replacement);
  const Regexp* const regexp = find_regexp(run, pattern, options, has_groups);
  if (regexp == nullptr) return {};
  RegexpMatches matches(run.regexps().match(), *regexp, text, start);
  Match& match = run.regexps().match();
  std::string& result = run.regexps().text();
  result.clear();
  size_t copied = 0;
  for (int32_t count = 1; matches.next(); ++count) {
    if (number > 0 && count != number) continue;
    result += text.substr(copied, match.whole().begin - copied);
    append_replacement(result, replacement, match, has_groups && regexp->groups() > 0);
    copied = match.whole().end;
    if (result.size() > kMostReplaced) {
      run.fail("54000", "requested length too large");
      return {};
    }
    if (number > 0) break;
  }
  if (copied == 0 && result.empty()) return text;
  result += text.substr(copied);
  return run.arena().copy(result);
}

Text regexp_replace(Run& run, Text text, Text pattern, Text replacement) {
  return replace_matches(run, text, pattern, replacement, kUsualOptions, 1, 1);
}
Text regexp_replace_flags(Run& run, Text text, Text pattern, Text replacement, Text flags) {
  RegexpFlags read;
  if (!read_regexp_flags(run, flags, nullptr, read)) return {};
  return replace_matches(run, text, pattern, replacement, read.options, 1, read.is_global ? 0 : 1);
}
Text regexp_replace_6(Run& run, Text text, Text pattern, Text replacement, int32_t start,
                      int32_t number, Text flags) {
  RegexpFlags read;
  if (!is_valid(run, "start", start, 1) || !is_valid(run, "n", number, 0)) return {};
  if (!read_regexp_flags(run, flags, nullptr, read)) return {};
  return replace_matches(run, text, pattern, replacement, read.options, start, number);
}
Text regexp_replace_5(Run& run, Text text, Text pattern, Text replacement, int32_t start,
                      int32_t number) {
  return regexp_replace_6(run, text, pattern, replacement, start, number, "");
}
Text regexp_replace_4(Run& run, Text text, Text pattern, Text replacement, int32_t start) {
  return regexp_replace_6(run, text, pattern, replacement, start, 1, "");
}

}  // namespace

void add_regexps(Catalogue& to) {
  constexpr unsigned kAny = kUsualOptions | kAnyCase;
  using enum RegexpGroups;
  const auto plain = check_regexp<-1, kNotAsked>;
  to.add_operator(checked<is_regexp_match<true, kUsualOptions>>("~", plain));
  to.add_operator(checked<is_regexp_match<false, kUsualOptions>>("!~", plain));
  to.add_operator(checked<is_regexp_match<true, kAny>>("~*", check_regexp<-2, kNotAsked>));
  to.add_operator(checked<is_regexp_match<false, kAny>>("!~*", check_regexp<-2, kNotAsked>));
  to.add_function(checked<substring_by_regexp>("substring", check_regexp<-1, kAsked>));
  Routine by_similar = checked<substring_by_similar>("substring", check_similar);
  by_similar.is_strict = true;  // as the function of PostgreSQL is, though not what it comes to
  to.add_function(by_similar);
  to.add_function<similar>("similar_to_escape");
  to.add_function<similar_escape>("similar_to_escape");
  to.add_function(checked<regexp_like_plain>("regexp_like", plain));
  to.add_function(checked<regexp_like>("regexp_like", check_regexp<2, kNotAsked>));
  to.add_function(checked<regexp_count_all>("regexp_count", plain));
  to.add_function(checked<regexp_count_from>("regexp_count", plain));
  to.add_function(checked<regexp_count>("regexp_count", check_regexp<3, kNotAsked>));
  to.add_function(checked<regexp_instr_2>("regexp_instr", plain));
  to.add_function(checked<regexp_instr_3>("regexp_instr", plain));
  to.add_function(checked<regexp_instr_4>("regexp_instr", plain));
  to.add_function(checked<regexp_instr_5>("regexp_instr", plain));
  to.add_function(checked<regexp_instr_6>("regexp_instr", check_regexp<5, kNotAsked>));
  to.add_function(checked<regexp_instr>("regexp_instr", check_regexp<5, kByNumber>));
  to.add_function(checked<regexp_substr_2>("regexp_substr", plain));
  to.add_function(checked<regexp_substr_3>("regexp_substr", plain));
  to.add_function(checked<regexp_substr_4>("regexp_substr", plain));
  to.add_function(checked<regexp_substr_5>("regexp_substr", check_regexp<4, kNotAsked>));
  to.add_function(checked<regexp_substr>("regexp_substr", check_regexp<4, kByNumber>));
  to.add_function(checked<regexp_replace>("regexp_replace", check_regexp<-1, kByReplacement>));
  to.add_function(checked<regexp_replace_flags>("regexp_replace", check_regexp<3, kByReplacement>));
  to.add_function(checked<regexp_replace_4>("regexp_replace", check_regexp<-1, kByReplacement>));
  to.add_function(checked<regexp_replace_5>("regexp_replace", check_regexp<-1, kByReplacement>));
  to.add_function(checked<regexp_replace_6>("regexp_replace", check_regexp<5, kByReplacement>));
}

}  // namespace sql
