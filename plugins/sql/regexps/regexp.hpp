// A regular expression, ready to be tried on texts: RE2 does it, in a time that grows as the text.
#pragma once

#include <re2/re2.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "regexps/translation.hpp"
#include "values/values.hpp"

namespace sql {

class Regexp : public std::enable_shared_from_this<Regexp> {
 public:
  // Throws RegexpProblem.
  Regexp(Text pattern, unsigned options);

  size_t groups() const { return groups_.size(); }
  // Why it can't be said what the groups capture; empty: it can.
  const std::string& why_no_groups() const { return why_no_groups_; }
  // What it may take of memory, about.
  static constexpr int64_t kMostBytes = 4 << 20;

 private:
  friend class Match;

  // False: it is too large.
  bool compile(const ParsedRegexp& parsed);

  std::unique_ptr<re2::RE2> search_;
  std::unique_ptr<re2::RE2> lazy_;     // null if not wanted
  std::unique_ptr<re2::RE2> capture_;  // null if not wanted
  std::optional<Alphabet> alphabet_;
  std::vector<int> groups_;
  bool wants_shortest_ = false;
  std::string why_no_groups_;
};

// The matches in one text. Kept for its buffers.
class Match {
 public:
  static constexpr size_t kNone = static_cast<size_t>(-1);
  struct Span {
    size_t begin = kNone, end = kNone;  // bytes of the text
    bool is_set() const { return begin != kNone; }
  };

  // Both outlive it.
  void start(const Regexp& regexp, Text text);
  bool is_anywhere() const;
  // The first at this byte or behind it.
  bool find(size_t from);
  Span whole() const { return {original(whole_.begin), original(whole_.end)}; }
  Text text() const { return text_; }
  // Of the match found, what group 1, 2, … has captured. Only if that can be said.
  const std::vector<Span>& groups();

 private:
  size_t shortest_end(size_t begin) const;
  size_t original(size_t at) const { return regexp_->alphabet_ ? offsets_[at] : at; }
  size_t recoded(size_t at) const;
  bool fits(size_t begin, size_t end) const;

  const Regexp* regexp_ = nullptr;
  Text text_;
  re2::StringPiece subject_;  // the text, or what stands for it
  std::string bytes_;
  std::vector<size_t> offsets_;
  Span whole_;  // of the subject
  std::vector<re2::StringPiece> pieces_;
  std::vector<Span> groups_;
};

}  // namespace sql
