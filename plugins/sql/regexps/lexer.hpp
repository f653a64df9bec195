// The tokens of a regular expression (regc_lex.c).
#pragma once

#include "regexps/tree.hpp"

namespace sql {

// The words of regerrs.h.
[[noreturn]] void fail_regexp(const char* words);
inline constexpr char kBadPattern[] = "invalid regexp (reg version 0.8)";
inline constexpr char kBadCollating[] = "invalid collating element";
inline constexpr char kBadClass[] = "invalid character class";
inline constexpr char kBadEscape[] = "invalid escape \\ sequence";
inline constexpr char kBadReference[] = "invalid backreference number";
inline constexpr char kBadBracket[] = "brackets [] not balanced";
inline constexpr char kBadParenthesis[] = "parentheses () not balanced";
inline constexpr char kBadBrace[] = "braces {} not balanced";
inline constexpr char kBadCount[] = "invalid repetition count(s)";
inline constexpr char kBadRange[] = "invalid character range";
inline constexpr char kBadRepeat[] = "quantifier operand invalid";
inline constexpr char kBadArgument[] = "invalid argument to regex function";
inline constexpr char kBadOption[] = "invalid embedded option";

class RegexpLexer {
 public:
  enum Token {
    kStart,
    kEndOfPattern,
    kPlain,      // value: the character
    kDigit,      // of a bound
    kComma,      // of a bound
    kReference,  // value: the group
    kStar,       // value of quantifiers: 0 lazy, 1 greedy
    kPlus,
    kQuestion,
    kOpenBrace,
    kCloseBrace,
    kOpen,  // value: 1 captures
    kClose,
    kBar,
    kDot,
    kCaret,
    kDollar,
    kTextBegin,
    kTextEnd,
    kWordBegin,
    kWordEnd,
    kWordEdge,
    kNoWordEdge,
    kLookaround,
    kOpenBracket,  // value: 0 what is not in it
    kCloseBracket,
    kDash,
    kCollating,
    kEquivalence,
    kClass,
    kEndOfName,
    kShorthand,    // value: d, s or w
    kNoShorthand,  // what is not in it
  };

  RegexpLexer(std::u32string_view pattern, unsigned options);

  // Throws RegexpProblem.
  void next();
  Token token() const { return token_; }
  char32_t value() const { return value_; }
  bool has(unsigned option) const { return (options_ & option) == option; }
  // Of characters up to where it is.
  size_t position() const { return at_; }
  std::u32string_view text(size_t begin, size_t end) const {
    return pattern_.substr(begin, end - begin);
  }
  void count_group() { ++groups_; }
  int groups() const { return groups_; }

 private:
  enum class Context { kMain, kQuote, kBound, kBracket, kCollating, kEquivalence, kClass };

  void read_prefixes();
  void skip_blanks();
  void next_main(char32_t c);
  void next_bound(char32_t c);
  void next_bracket(char32_t c);
  void next_parenthesis();
  void next_quantifier(Token token);
  void end_name(char32_t c, char32_t end);
  void escape();
  void escape_digit();
  char32_t digits(unsigned base, int least, int most);
  void give(Token token, char32_t value = 0) {
    token_ = token;
    value_ = value;
  }
  bool is_at_end() const { return at_ >= pattern_.size(); }
  bool sees(std::u32string_view text) const { return pattern_.substr(at_).starts_with(text); }

  std::u32string_view pattern_;
  unsigned options_;
  size_t at_ = 0;
  int groups_ = 0;
  Context context_ = Context::kMain;
  Token token_ = kStart;
  char32_t value_ = 0;
};

}  // namespace sql
