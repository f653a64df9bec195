// Compiled regular expressions of a query, so that a constant one is compiled once and one from a
// column as rarely as may be.
#pragma once

#include <list>
#include <string>
#include <variant>

#include "regexps/regexp.hpp"

namespace sql {

class RegexpCache {
 public:
  // Null: it is wrong, and `problem` says how. Until the next call; what keeps it longer shares it.
  const Regexp* get(Text pattern, unsigned options, RegexpProblem& problem);
  // For one text after the other.
  Match& match() { return match_; }
  std::string& text() { return text_; }

 private:
  static constexpr size_t kMost = 32;
  struct Entry {
    std::string pattern;
    unsigned options;
    std::variant<RegexpProblem, std::shared_ptr<Regexp>> made;
  };
  std::list<Entry> entries_;  // the one used last comes first
  Match match_;
  std::string text_;
};

}  // namespace sql
