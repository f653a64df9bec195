#include "regexp_texts.hpp"

#include "values/utf8.hpp"

namespace sql {

std::string RegexpTexts::pattern(int depth) {
  std::string text = below(8) == 0 ? "^" : "";
  const size_t branches = below(5) == 0 ? 2 : 1;
  for (size_t i = 0; i < branches; ++i) {
    if (i > 0) text += "|";
    for (size_t pieces = 1 + below(3); pieces > 0; --pieces) text += piece(depth);
  }
  if (below(8) == 0) text += "$";
  if (depth == 2 && below(10) == 0)
    text = one_of({"(?i)", "(?n)", "(?x)", "(?p)", "(?w)", "***:"}) + text;
  if (wrong_ == Wrong::kPattern && below(12) == 0) {
    size_t at = below(text.size() + 1);
    while (at < text.size() && !begins_character(text[at])) --at;
    text.insert(at, one_of({"(", ")", "[", "*", "\\", "{1"}));
  }
  return text;
}

std::string RegexpTexts::piece(int depth) {
  static constexpr std::initializer_list<const char*> kQuantifiers{
      "*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,1}?", "{2,}", "{0}", "{1,1}"};
  std::string text = atom(depth);
  const bool is_edge = text.size() > 1 && text[0] == '\\' && text.find_first_of("yYAZ") == 1;
  if (below(5) < 2 && (wrong_ == Wrong::kPattern || !(is_edge || text == "b\\M")))
    text += one_of(kQuantifiers);
  return text;
}

std::string RegexpTexts::atom(int depth) {
  if (depth > 0 && below(3) == 0) return (below(3) == 0 ? "(?:" : "(") + pattern(depth - 1) + ")";
  if (below(12) == 0) return one_of({"\\y", "\\Y", "\\ma", "b\\M", "\\A", "\\Z"});
  return one_of({"a",    "b",      "c",   "ab",  "bc",  ".",     "[ab]",
                 "[^a]", "\\w",    "\\d", "\\s", "\\W", "\\S",   "[[:alpha:]]",
                 "ä",    "[a-cä]", "-",   "\\.", "A",   "[\\dB]"});
}

std::string RegexpTexts::subject() {
  std::string text;
  for (size_t count = below(9); count > 0; --count)
    text += one_of({"a", "b", "c", "a", "b", "ab", "ä", "A", " ", "1", "-", ".", "\n"});
  return text;
}

std::string RegexpTexts::replacement() {
  return one_of({"", "X", "<\\&>", "<\\1>", "\\2-\\1", "\\\\", "\\3"});
}

std::string RegexpTexts::flags() {
  return one_of({"", "i", "n", "x", "p", "w", "q", "in", wrong_ == Wrong::kFlags ? "g" : "n", "ni",
                 wrong_ == Wrong::kFlags ? "z" : ""});
}

}  // namespace sql
