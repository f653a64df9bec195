// The grammar of regular expressions (parse, parsebranch, parseqatom, brackpart of regcomp.c).
#include <utility>

#include "regexps/lexer.hpp"

namespace sql {
namespace {

using Node = RegexpNode;

constexpr int kMostRepeats = 255;  // DUPMAX
constexpr int kMostNested = 200;

class Parser {
 public:
  Parser(std::u32string_view pattern, unsigned options) : lexer_(pattern, options) {}

  ParsedRegexp parse() {
    ParsedRegexp result{alternatives(RegexpLexer::kEndOfPattern), lexer_.groups()};
    // Only now, because PostgreSQL would find what is wrong behind them.
    if (has_references_) refuse("backreferences");
    if (has_lookaround_) refuse("lookahead and lookbehind");
    return result;
  }

 private:
  using Token = RegexpLexer::Token;

  [[noreturn]] static void refuse(const char* what) {
    throw RegexpProblem{"0A000",
                        std::string("regular expressions with ") + what + " are not supported"};
  }
  bool sees(Token token) const { return lexer_.token() == token; }

  Node alternatives(Token stopper) {
    if (++nested_ > kMostNested) refuse("so many nested parentheses");
    Node result{Node::kAlternatives, {}, {}};
    while (true) {
      result.parts.push_back(branch(stopper));
      if (!sees(RegexpLexer::kBar)) break;
      lexer_.next();
    }
    --nested_;
    if (!sees(stopper)) fail_regexp(kBadParenthesis);
    return result.parts.size() == 1 ? Node(std::move(result.parts[0])) : result;
  }

  Node branch(Token stopper) {
    Node result{Node::kSequence, {}, {}};
    while (!sees(RegexpLexer::kBar) && !sees(stopper) && !sees(RegexpLexer::kEndOfPattern)) {
      Node atom;
      if (constraint(atom)) {
        result.parts.push_back(std::move(atom));
        continue;
      }
      result.parts.push_back(quantified(this->atom()));
    }
    return result;
  }

  // What takes no character, and no quantifier.
  bool constraint(Node& to) {
    const bool by_lines = lexer_.has(kNewlineAnchors);
    switch (lexer_.token()) {
      case RegexpLexer::kCaret: to.kind = by_lines ? Node::kLineBegin : Node::kBegin; break;
      case RegexpLexer::kDollar: to.kind = by_lines ? Node::kLineEnd : Node::kEnd; break;
      case RegexpLexer::kTextBegin: to.kind = Node::kBegin; break;
      case RegexpLexer::kTextEnd: to.kind = Node::kEnd; break;
      case RegexpLexer::kWordBegin: to.kind = Node::kWordBegin; break;
      case RegexpLexer::kWordEnd: to.kind = Node::kWordEnd; break;
      case RegexpLexer::kWordEdge: to.kind = Node::kWordEdge; break;
      case RegexpLexer::kNoWordEdge: to.kind = Node::kNoWordEdge; break;
      case RegexpLexer::kLookaround: {
        has_lookaround_ = true;
        lexer_.next();
        const bool was_in_lookaround = std::exchange(is_in_lookaround_, true);
        alternatives(RegexpLexer::kClose);
        is_in_lookaround_ = was_in_lookaround;
        break;
      }
      default: return false;
    }
    lexer_.next();
    return true;
  }

  Node atom() {
    Node result;
    switch (lexer_.token()) {
      case RegexpLexer::kStar:
      case RegexpLexer::kPlus:
      case RegexpLexer::kQuestion:
      case RegexpLexer::kOpenBrace: fail_regexp(kBadRepeat);
      case RegexpLexer::kClose:
        // Without the advanced syntax it is a character.
        if (lexer_.has(kAdvanced)) fail_regexp(kBadParenthesis);
        result = of_set(character(lexer_.value()));
        break;
      case RegexpLexer::kPlain: result = of_set(character(lexer_.value())); break;
      case RegexpLexer::kDot:
        result = of_set(without_newline(CharacterSet(0, CharacterSet::kLast)));
        break;
      case RegexpLexer::kShorthand: result = of_set(shorthand()); break;
      case RegexpLexer::kNoShorthand: result = of_set(shorthand().complement()); break;
      case RegexpLexer::kOpenBracket: result = of_set(bracket()); break;
      case RegexpLexer::kOpen: return group();
      case RegexpLexer::kReference: reference(); break;
      default: fail_regexp(kBadPattern);
    }
    lexer_.next();
    return result;
  }

  static Node of_set(CharacterSet set) { return {Node::kSet, std::move(set), {}}; }

  void reference() {
    const int number = static_cast<int>(lexer_.value());
    // One to a group that is not closed yet is none.
    if (is_in_lookaround_ || number <= 0 || static_cast<size_t>(number) >= is_closed_.size() ||
        !is_closed_[static_cast<size_t>(number)])
      fail_regexp(kBadReference);
    has_references_ = true;
  }

  Node group() {
    const bool captures = lexer_.value() == 1 && !is_in_lookaround_;
    int number = 0;
    if (captures) {
      lexer_.count_group();
      number = lexer_.groups();
      is_closed_.resize(static_cast<size_t>(number) + 1);
    }
    lexer_.next();
    Node inner = alternatives(RegexpLexer::kClose);
    lexer_.next();
    if (!captures) return inner;
    is_closed_[static_cast<size_t>(number)] = true;
    Node result{Node::kGroup, {}, {}};
    result.group = number;
    result.parts.push_back(std::move(inner));
    return result;
  }

  Node quantified(Node atom) {
    Node result{Node::kRepeat, {}, {}};
    const auto wish = [&] {
      return lexer_.value() != 0 ? Preference::kLonger : Preference::kShorter;
    };
    switch (lexer_.token()) {
      case RegexpLexer::kStar: result.least = 0, result.most = Node::kUnlimited; break;
      case RegexpLexer::kPlus: result.most = Node::kUnlimited; break;
      case RegexpLexer::kQuestion: result.least = 0; break;
      case RegexpLexer::kOpenBrace: {
        lexer_.next();
        result.least = result.most = number();
        bool has_choice = false;
        if (sees(RegexpLexer::kComma)) {
          lexer_.next();
          has_choice = true;
          result.most = sees(RegexpLexer::kDigit) ? number() : Node::kUnlimited;
          if (result.most != Node::kUnlimited && result.least > result.most) fail_regexp(kBadCount);
        }
        if (!sees(RegexpLexer::kCloseBrace)) fail_regexp(kBadCount);
        if (has_choice) result.wish = wish();
        lexer_.next();
        if (result.least == 1 && result.most == 1 && has_choice) take_wish(atom, result.wish);
        result.parts.push_back(std::move(atom));
        return result;
      }
      default: return atom;
    }
    result.wish = wish();
    lexer_.next();
    result.parts.push_back(std::move(atom));
    return result;
  }

  // x*{1,1}? is x*?, as SIMILAR TO's patterns of three parts have it.
  static void take_wish(Node& repeat, Preference wish) {
    if (repeat.kind == Node::kSequence && repeat.parts.size() == 1)
      return take_wish(repeat.parts[0], wish);
    const bool repeats_set = repeat.kind == Node::kRepeat && repeat.least != repeat.most &&
                             repeat.parts[0].kind == Node::kSet;
    if (repeats_set) repeat.wish = wish;
  }

  int number() {
    int result = 0;
    for (; sees(RegexpLexer::kDigit) && result < kMostRepeats; lexer_.next())
      result = result * 10 + static_cast<int>(lexer_.value());
    if (sees(RegexpLexer::kDigit) || result > kMostRepeats) fail_regexp(kBadCount);
    return result;
  }

  CharacterSet character(char32_t c) const {
    return lexer_.has(kAnyCase) ? in_both_cases(c) : CharacterSet(c, c);
  }
  CharacterSet shorthand() const {
    switch (lexer_.value()) {
      case 'd': return *class_of("digit");
      case 's': return *class_of("space");
      default: return *class_of("word");
    }
  }
  CharacterSet without_newline(CharacterSet set) const {
    if (!lexer_.has(kNewlineStops)) return set;
    CharacterSet others = set.complement();
    others.add('\n', '\n');
    return others.complement();
  }

  CharacterSet bracket() {
    const bool is_negated = lexer_.value() == 0;
    CharacterSet set;
    lexer_.next();
    while (!sees(RegexpLexer::kCloseBracket)) set.add(part_of_bracket());
    return is_negated ? without_newline(set.complement()) : set;
  }

  CharacterSet part_of_bracket() {
    char32_t first = 0;
    switch (lexer_.token()) {
      case RegexpLexer::kPlain:
        first = lexer_.value();
        lexer_.next();
        if (!sees(RegexpLexer::kDash)) return character(first);
        break;
      case RegexpLexer::kCollating: first = element(); break;
      case RegexpLexer::kEquivalence: return character(element());
      case RegexpLexer::kClass: return named_class();
      case RegexpLexer::kShorthand:
      case RegexpLexer::kNoShorthand: {
        CharacterSet set = shorthand();
        if (sees(RegexpLexer::kNoShorthand)) set = set.complement();
        lexer_.next();
        return set;
      }
      default: fail_regexp(kBadRange);
    }
    char32_t last = first;
    if (sees(RegexpLexer::kDash)) {
      lexer_.next();
      if (sees(RegexpLexer::kCollating)) {
        last = element();
      } else if (sees(RegexpLexer::kPlain) || sees(RegexpLexer::kDash)) {
        last = lexer_.value();
        lexer_.next();
      } else {
        fail_regexp(kBadRange);
      }
    }
    if (first > last) fail_regexp(kBadRange);
    return lexer_.has(kAnyCase) ? in_both_cases(first, last) : CharacterSet(first, last);
  }

  // The text up to the end of [. [= or [: .
  std::u32string_view name(const char* words_if_empty) {
    const size_t begin = lexer_.position();
    size_t end = begin;
    lexer_.next();
    while (sees(RegexpLexer::kPlain)) {
      end = lexer_.position();
      lexer_.next();
    }
    lexer_.next();
    if (begin == end) fail_regexp(words_if_empty);
    return lexer_.text(begin, end);
  }
  char32_t element() {
    const std::u32string_view text = name(kBadCollating);
    if (text.size() > 1) refuse("names of characters");
    return text[0];
  }
  CharacterSet named_class() {
    const std::u32string_view text = name(kBadClass);
    std::string ascii;
    for (const char32_t c : text) ascii += c < 0x80 ? static_cast<char>(c) : '?';
    if (lexer_.has(kAnyCase) && (ascii == "lower" || ascii == "upper")) ascii = "alpha";
    const CharacterSet* const set = class_of(ascii);
    if (set == nullptr) fail_regexp(kBadClass);
    return *set;
  }

  RegexpLexer lexer_;
  std::vector<bool> is_closed_;  // by group
  int nested_ = 0;
  bool has_references_ = false, has_lookaround_ = false, is_in_lookaround_ = false;
};

}  // namespace

ParsedRegexp parse_regexp(std::u32string_view pattern, unsigned options) {
  return Parser(pattern, options).parse();
}

Preference preference_of(const RegexpNode& node) {
  if (node.kind == Node::kAlternatives) return Preference::kLonger;
  if (node.kind == Node::kRepeat) {
    if (node.most == 0) return Preference::kNone;
    if (node.wish != Preference::kNone) return node.wish;
  }
  for (const Node& part : node.parts) {
    if (const Preference found = preference_of(part); found != Preference::kNone) return found;
  }
  return Preference::kNone;
}

}  // namespace sql
