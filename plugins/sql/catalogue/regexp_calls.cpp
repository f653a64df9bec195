#include "catalogue/regexp_calls.hpp"

#include "values/utf8.hpp"

namespace sql {

bool read_regexp_flags(Run& run, Text letters, const char* function, RegexpFlags& to) {
  for (size_t at = 0; at < letters.size(); ++at) {
    if (letters[at] == 'g') {
      to.is_global = true;
    } else if (!set_regexp_option(to.options, static_cast<unsigned char>(letters[at]))) {
      run.fail("22023", "invalid regular expression option: \"" +
                            std::string(letters.substr(at, bytes_of_character(letters[at]))) +
                            "\"");
      return false;
    }
  }
  if (!to.is_global || function == nullptr) return true;
  run.fail("22023", std::string(function) + " does not support the \"global\" option");
  return false;
}

const Regexp* find_regexp(Run& run, Text pattern, unsigned options, bool groups) {
  RegexpProblem problem;
  const Regexp* const regexp = run.regexps().get(pattern, options, problem);
  if (regexp == nullptr) {
    run.fail(problem.state, problem.message);
    return nullptr;
  }
  if (groups && !regexp->why_no_groups().empty()) {
    run.fail("0A000", regexp->why_no_groups());
    return nullptr;
  }
  return regexp;
}

bool names_group(Text replacement) {
  for (size_t at = 0; at + 1 < replacement.size(); ++at) {
    if (replacement[at] != '\\') continue;
    ++at;
    if (replacement[at] >= '1' && replacement[at] <= '9') return true;
  }
  return false;
}

RegexpMatches::RegexpMatches(Match& match, const Regexp& regexp, Text text, int32_t start)
    : match_(match) {
  match_.start(regexp, text);
  size_t skipped = 0;
  for (; skipped + 1 < static_cast<size_t>(start) && from_ < text.size(); ++skipped)
    from_ += bytes_of_character(text[from_]);
  is_done_ = skipped + 1 < static_cast<size_t>(start);
}

// An empty match is followed by one at the next character or behind it.
bool RegexpMatches::next() {
  if (is_done_ || !match_.find(from_)) return false;
  const Match::Span found = match_.whole();
  from_ = found.end;
  if (found.begin != found.end) return true;
  is_done_ = from_ >= match_.text().size();
  if (!is_done_) from_ += bytes_of_character(match_.text()[from_]);
  return true;
}

void check_constant_regexp(Run& run, Arguments constants, int flags, RegexpGroups groups) {
  const auto is_known = [&](size_t i) {
    return constants[i] != nullptr && !constants[i]->is_null(0);
  };
  const auto text = [&](size_t i) { return constants[i]->of<Text>()[0]; };
  if (!is_known(1)) return;
  RegexpFlags read;
  if (flags == -2) read.options |= kAnyCase;
  if (flags >= 0) {
    if (!is_known(static_cast<size_t>(flags))) return;
    if (!read_regexp_flags(run, text(static_cast<size_t>(flags)), nullptr, read)) return;
  }
  bool asks = groups == RegexpGroups::kAsked;
  if (groups == RegexpGroups::kByReplacement) asks = is_known(2) && names_group(text(2));
  if (groups == RegexpGroups::kByNumber) {
    const size_t last = constants.size() - 1;
    asks = is_known(last) && constants[last]->of<int32_t>()[0] > 0;
  }
  find_regexp(run, text(1), read.options, asks);
}

}  // namespace sql
