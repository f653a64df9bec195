// From PostgreSQL's regular expressions to RE2's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "regexps/tree.hpp"

namespace sql {

// RE2 knows words of ASCII only. Where a pattern asks for their edges, all characters that it does
// not tell apart become one byte, of which RE2 knows whether it belongs to a word. Where a pattern
// is too large, too: its sets of characters become small.
class Alphabet {
 public:
  // Throws RegexpProblem.
  explicit Alphabet(const RegexpNode& root);
  // Of each character a byte.
  void recode(std::string_view text, std::string& to, std::vector<size_t>& offsets) const;
  std::string bytes_of(const CharacterSet& set) const;

 private:
  struct Interval {
    char32_t first;
    unsigned char byte;
  };
  unsigned char byte_of(char32_t c) const;
  std::vector<Interval> intervals_;
  unsigned char ascii_[128];
};

// A longer one is not tried, and cut off.
inline constexpr size_t kMostTranslated = 256 << 10;

bool has_word_edges(const RegexpNode& node);

struct Translation {
  std::string pattern;
  // RE2's number of each group, from group 1 on; 0: it is never set.
  std::vector<int> groups;
};

// `alphabet`: null for texts as they are. Throws RegexpProblem.
Translation translate_regexp(const ParsedRegexp& regexp, const Alphabet* alphabet, bool captures);

// Whether what the groups capture, in the text that the whole has matched, is the same for RE2's
// order of trial as by PostgreSQL's rules; if not, what to tell.
std::string why_groups_differ(const RegexpNode& root);

// Of how many characters all matches are; -1: of different numbers.
int width_of(const RegexpNode& node);
bool may_be_empty(const RegexpNode& node);
bool has_groups(const RegexpNode& node);
// All characters that a match may begin with.
CharacterSet first_of(const RegexpNode& node);
CharacterSet last_of(const RegexpNode& node);

}  // namespace sql
