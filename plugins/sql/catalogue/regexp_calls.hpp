// What the functions of regular expressions have in common.
#pragma once

#include "catalogue/catalogue.hpp"
#include "regexps/cache.hpp"

namespace sql {

struct RegexpFlags {
  unsigned options = kUsualOptions;
  bool is_global = false;
};
// The letters that functions take (parse_re_flags). `function`: it takes no g; null: it does.
// False: it has failed.
bool read_regexp_flags(Run& run, Text letters, const char* function, RegexpFlags& to);

// Null: it has failed. `groups`: what they capture is asked for.
const Regexp* find_regexp(Run& run, Text pattern, unsigned options, bool groups);

// Whether a replacement has \1 … \9.
bool names_group(Text replacement);

// One match after the other.
class RegexpMatches {
 public:
  // From this character on, the first of which is 1.
  RegexpMatches(Match& match, const Regexp& regexp, Text text, int32_t start);
  bool next();

 private:
  Match& match_;
  size_t from_ = 0;
  bool is_done_ = false;
};

// When a function needs to know what groups capture.
enum class RegexpGroups {
  kNotAsked,
  kAsked,
  kByNumber,       // if the last argument is a number above 0
  kByReplacement,  // if the third argument names one
};

void check_constant_regexp(Run& run, Arguments constants, int flags, RegexpGroups groups);

// For Routine::check. `flags`: which argument they are; -1: there are none; -2: i.
template <int flags, RegexpGroups groups>
void check_regexp(Run& run, Arguments constants) {
  check_constant_regexp(run, constants, flags, groups);
}

template <auto function>
Routine checked(std::string_view name, void (*check)(Run&, Arguments)) {
  using Of = KernelOf<function>;
  Routine routine{name, Of::arguments(), Of::kResult, Of::kKernel};
  routine.is_strict = Of::kIsStrict;
  routine.check = check;
  return routine;
}

}  // namespace sql
