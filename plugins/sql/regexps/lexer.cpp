#include "regexps/lexer.hpp"

namespace sql {
namespace {

bool is_ascii_letter(char32_t c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_ascii_digit(char32_t c) { return c >= '0' && c <= '9'; }
bool is_letter(char32_t c) { return class_of("alpha")->contains(c); }
bool is_blank(char32_t c) { return class_of("space")->contains(c); }

int digit_value(char32_t c) {
  if (is_ascii_digit(c)) return static_cast<int>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<int>(c - 'a') + 10;
  if (c >= 'A' && c <= 'F') return static_cast<int>(c - 'A') + 10;
  return 255;
}

}  // namespace

void fail_regexp(const char* words) {
  throw RegexpProblem{"2201B", std::string("invalid regular expression: ") + words};
}

bool set_regexp_option(unsigned& options, char32_t letter) {
  switch (letter) {
    case 'b': options &= ~(kUsualOptions | kQuoted); break;
    case 'c': options &= ~kAnyCase; break;
    case 'e': options = (options | kExtended) & ~(kAdvanced | kQuoted); break;
    case 'i': options |= kAnyCase; break;
    case 'm':
    case 'n': options |= kNewlineStops | kNewlineAnchors; break;
    case 'p': options = (options | kNewlineStops) & ~kNewlineAnchors; break;
    case 'q': options = (options | kQuoted) & ~kUsualOptions; break;
    case 's': options &= ~(kNewlineStops | kNewlineAnchors); break;
    case 't': options &= ~kExpanded; break;
    case 'w': options = (options | kNewlineAnchors) & ~kNewlineStops; break;
    case 'x': options |= kExpanded; break;
    default: return false;
  }
  return true;
}

RegexpLexer::RegexpLexer(std::u32string_view pattern, unsigned options)
    : pattern_(pattern), options_(options) {
  const bool is_plain = has(kQuoted);
  // pg_regcomp: what excludes each other.
  if (is_plain && (options_ & (kUsualOptions | kExpanded | kNewlineStops | kNewlineAnchors)) != 0)
    fail_regexp(kBadArgument);
  if (!has(kExtended) && has(kAdvanced)) fail_regexp(kBadArgument);
  read_prefixes();
  if (has(kQuoted)) context_ = Context::kQuote;
  else if (!has(kExtended))
    throw RegexpProblem{"0A000", "basic regular expressions (option b) are not supported"};
  next();
}

void RegexpLexer::read_prefixes() {
  if (has(kQuoted)) return;
  if (pattern_.size() >= 4 && sees(U"***")) {
    switch (pattern_[3]) {
      case '?': fail_regexp(kBadPattern);
      case '=':
        options_ =
            (options_ | kQuoted) & ~(kUsualOptions | kExpanded | kNewlineStops | kNewlineAnchors);
        at_ = 4;
        return;
      case ':':
        options_ |= kUsualOptions;
        at_ = 4;
        break;
      default: fail_regexp(kBadRepeat);
    }
  }
  if (!has(kUsualOptions)) return;
  if (pattern_.size() - at_ < 3 || !sees(U"(?") || !is_letter(pattern_[at_ + 2])) return;
  at_ += 2;
  for (; !is_at_end() && is_letter(pattern_[at_]); ++at_) {
    if (!set_regexp_option(options_, pattern_[at_])) fail_regexp(kBadOption);
  }
  if (!sees(U")")) fail_regexp(kBadOption);
  ++at_;
  if (has(kQuoted)) options_ &= ~(kExpanded | kNewlineStops | kNewlineAnchors);
}

void RegexpLexer::skip_blanks() {
  while (true) {
    while (!is_at_end() && is_blank(pattern_[at_])) ++at_;
    if (!sees(U"#")) return;
    while (!is_at_end() && pattern_[at_] != '\n') ++at_;
  }
}

void RegexpLexer::next() {
  const bool may_have_blanks = context_ == Context::kMain || context_ == Context::kBound;
  // A comment of the form (?#…) is left out.
  while (true) {
    if (has(kExpanded) && may_have_blanks) skip_blanks();
    if (context_ != Context::kMain || !has(kAdvanced) || !sees(U"(?#")) break;
    while (!is_at_end() && pattern_[at_] != ')') ++at_;
    if (!is_at_end()) ++at_;
  }
  if (is_at_end()) {
    switch (context_) {
      case Context::kMain:
      case Context::kQuote: return give(kEndOfPattern);
      case Context::kBound: fail_regexp(kBadBrace);
      default: fail_regexp(kBadBracket);
    }
  }
  const char32_t c = pattern_[at_++];
  switch (context_) {
    case Context::kMain: return next_main(c);
    case Context::kQuote: return give(kPlain, c);
    case Context::kBound: return next_bound(c);
    case Context::kBracket: return next_bracket(c);
    case Context::kCollating: return end_name(c, '.');
    case Context::kEquivalence: return end_name(c, '=');
    case Context::kClass: return end_name(c, ':');
  }
}

void RegexpLexer::next_bound(char32_t c) {
  if (is_ascii_digit(c)) return give(kDigit, c - '0');
  if (c == ',') return give(kComma);
  if (c != '}') fail_regexp(kBadCount);
  context_ = Context::kMain;
  next_quantifier(kCloseBrace);
}

void RegexpLexer::next_quantifier(Token token) {
  const bool is_lazy = has(kAdvanced) && sees(U"?");
  at_ += is_lazy;
  give(token, is_lazy ? 0 : 1);
}

void RegexpLexer::end_name(char32_t c, char32_t end) {
  if (c != end || !sees(U"]")) return give(kPlain, c);
  ++at_;
  context_ = Context::kBracket;
  give(kEndOfName);
}

void RegexpLexer::next_bracket(char32_t c) {
  const bool is_first = token_ == kOpenBracket;
  switch (c) {
    case ']':
      if (is_first) return give(kPlain, c);
      context_ = Context::kMain;
      return give(kCloseBracket);
    case '\\':
      if (!has(kAdvanced)) return give(kPlain, c);
      if (is_at_end()) fail_regexp(kBadEscape);
      escape();
      if (token_ != kPlain && token_ != kShorthand && token_ != kNoShorthand)
        fail_regexp(kBadEscape);
      return;
    case '-': return give(is_first || sees(U"]") ? kPlain : kDash, c);
    case '[': break;
    default: return give(kPlain, c);
  }
  if (is_at_end()) fail_regexp(kBadBracket);
  const auto name = [&](Context context, Token token) {
    ++at_;
    context_ = context;
    give(token);
  };
  switch (pattern_[at_]) {
    case '.': return name(Context::kCollating, kCollating);
    case '=': return name(Context::kEquivalence, kEquivalence);
    case ':': return name(Context::kClass, kClass);
    default: return give(kPlain, c);
  }
}

void RegexpLexer::next_main(char32_t c) {
  switch (c) {
    case '|': return give(kBar);
    case '*': return next_quantifier(kStar);
    case '+': return next_quantifier(kPlus);
    case '?': return next_quantifier(kQuestion);
    case '{':
      if (has(kExpanded)) skip_blanks();
      if (is_at_end() || !is_ascii_digit(pattern_[at_])) return give(kPlain, c);
      context_ = Context::kBound;
      return give(kOpenBrace);
    case '(': return next_parenthesis();
    case ')': return give(kClose, c);
    case '[':
      for (const auto& [name, token] : {std::pair(std::u32string_view(U"[:<:]]"), kWordBegin),
                                        std::pair(std::u32string_view(U"[:>:]]"), kWordEnd)}) {
        if (!sees(name)) continue;
        at_ += name.size();
        return give(token);
      }
      context_ = Context::kBracket;
      if (!sees(U"^")) return give(kOpenBracket, 1);
      ++at_;
      return give(kOpenBracket, 0);
    case '.': return give(kDot);
    case '^': return give(kCaret);
    case '$': return give(kDollar);
    case '\\':
      if (is_at_end()) fail_regexp(kBadEscape);
      if (!has(kAdvanced)) return give(kPlain, pattern_[at_++]);
      return escape();
    default: return give(kPlain, c);
  }
}

void RegexpLexer::next_parenthesis() {
  if (!has(kAdvanced) || !sees(U"?")) return give(kOpen, 1);
  ++at_;
  if (is_at_end()) fail_regexp(kBadRepeat);
  const char32_t kind = pattern_[at_++];
  if (kind == ':') return give(kOpen, 0);
  if (kind == '=' || kind == '!') return give(kLookaround);
  if (kind != '<' || is_at_end()) fail_regexp(kBadRepeat);
  const char32_t which = pattern_[at_++];
  if (which != '=' && which != '!') fail_regexp(kBadRepeat);
  give(kLookaround);
}

void RegexpLexer::escape() {
  const char32_t c = pattern_[at_++];
  if (is_ascii_digit(c)) {
    --at_;
    return escape_digit();
  }
  if (!is_ascii_letter(c)) return give(kPlain, c);
  switch (c) {
    case 'a': return give(kPlain, '\a');
    case 'A': return give(kTextBegin);
    case 'b': return give(kPlain, '\b');
    case 'B': return give(kPlain, '\\');
    case 'c':
      if (is_at_end()) fail_regexp(kBadEscape);
      return give(kPlain, pattern_[at_++] & 037);
    case 'd':
    case 's':
    case 'w': return give(kShorthand, c);
    case 'D':
    case 'S':
    case 'W': return give(kNoShorthand, c - 'A' + 'a');
    case 'e': return give(kPlain, 033);
    case 'f': return give(kPlain, '\f');
    case 'm': return give(kWordBegin);
    case 'M': return give(kWordEnd);
    case 'n': return give(kPlain, '\n');
    case 'r': return give(kPlain, '\r');
    case 't': return give(kPlain, '\t');
    case 'v': return give(kPlain, '\v');
    case 'y': return give(kWordEdge);
    case 'Y': return give(kNoWordEdge);
    case 'Z': return give(kTextEnd);
    case 'u':
    case 'U':
    case 'x': break;
    default: fail_regexp(kBadEscape);
  }
  const char32_t point = c == 'u'   ? digits(16, 4, 4)
                         : c == 'U' ? digits(16, 8, 8)
                                    : digits(16, 1, 255);
  if (point > 0x7FFFFFFE) fail_regexp(kBadEscape);
  give(kPlain, point);
}

// A reference to a group if it can be one, else an octal number.
void RegexpLexer::escape_digit() {
  const size_t begin = at_;
  if (pattern_[at_] != '0') {
    const auto number = static_cast<int>(digits(10, 1, 255));
    if (at_ == begin + 1 || (number > 0 && number <= groups_))
      return give(kReference, static_cast<char32_t>(number));
    at_ = begin;
  }
  char32_t point = digits(8, 1, 3);
  if (point > 0xFF) {
    --at_;
    point >>= 3;
  }
  give(kPlain, point);
}

char32_t RegexpLexer::digits(unsigned base, int least, int most) {
  char32_t number = 0;
  int count = 0;
  for (; count < most && !is_at_end(); ++count) {
    const auto digit = static_cast<unsigned>(digit_value(pattern_[at_]));
    if (digit >= base) break;
    number = number * base + digit;
    ++at_;
  }
  if (count < least) fail_regexp(kBadEscape);
  return number;
}

}  // namespace sql
