// A regular expression, taken apart.
#pragma once

#include <string>
#include <vector>

#include "regexps/character_set.hpp"

namespace sql {

// Whether a part that may match more or less is to match more (PostgreSQL's LONGER and SHORTER).
enum class Preference : unsigned char { kNone, kLonger, kShorter };

struct RegexpNode {
  enum Kind {
    kNothing,  // matches the empty text
    kSet,      // a character of a set
    kBegin,
    kEnd,
    kLineBegin,
    kLineEnd,
    kWordBegin,
    kWordEnd,
    kWordEdge,
    kNoWordEdge,
    kSequence,
    kAlternatives,
    kRepeat,
    kGroup,  // that captures
  };
  static constexpr int kUnlimited = -1;

  Kind kind = kNothing;
  CharacterSet set;
  std::vector<RegexpNode> parts;
  // Of kRepeat. `wish` is none where the bounds leave no choice: {3}.
  int least = 1, most = 1;
  Preference wish = Preference::kNone;
  int group = 0;  // of kGroup: its number, from 1 on
};

// Options as PostgreSQL's regcomp has them.
enum RegexpOption : unsigned {
  kExtended = 1,
  kAdvanced = 2,  // and not POSIX's alone
  kQuoted = 4,    // no special characters
  kAnyCase = 8,
  kExpanded = 16,        // blanks and comments
  kNewlineStops = 32,    // . and [^…] match no newline
  kNewlineAnchors = 64,  // ^ and $ match at one
};
inline constexpr unsigned kUsualOptions = kExtended | kAdvanced;

// By the letter that functions and (?…) have for it. False: there is none.
bool set_regexp_option(unsigned& options, char32_t letter);

struct RegexpProblem {
  std::string state, message;
};

struct ParsedRegexp {
  RegexpNode root;
  int groups = 0;
};

// Throws RegexpProblem.
ParsedRegexp parse_regexp(std::u32string_view pattern, unsigned options);

// By the first part that has one; alternatives want to be longer (UP, COMBINE of regcomp.c).
Preference preference_of(const RegexpNode& node);

}  // namespace sql
