#include "regexps/regexp.hpp"

#include <algorithm>

#include "values/utf8.hpp"

namespace sql {
namespace {

constexpr size_t kMostCharacters = 4096;

std::u32string characters_of(Text text) {
  std::u32string characters;
  for (size_t at = 0; at < text.size();) characters += read_character(text, at);
  return characters;
}

// Null: it is too large.
std::unique_ptr<re2::RE2> compiled(const std::string& pattern, bool is_recoded, bool captures) {
  if (pattern.size() > kMostTranslated) return nullptr;
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(Regexp::kMostBytes);
  options.set_longest_match(!captures);
  if (is_recoded) options.set_encoding(re2::RE2::Options::EncodingLatin1);
  auto result = std::make_unique<re2::RE2>(pattern, options);
  return result->ok() ? std::move(result) : nullptr;
}

}  // namespace

Regexp::Regexp(Text pattern, unsigned options) {
  const std::u32string characters = characters_of(pattern);
  if (characters.size() > kMostCharacters)
    throw RegexpProblem{"0A000", "the regular expression is too long"};
  const ParsedRegexp parsed = parse_regexp(characters, options);
  wants_shortest_ = preference_of(parsed.root) == Preference::kShorter;
  why_no_groups_ = why_groups_differ(parsed.root);
  if (has_word_edges(parsed.root)) alphabet_.emplace(parsed.root);
  if (compile(parsed)) return;
  // \w{1,64} has 40,000 ranges of bytes, but of an alphabet's bytes a few.
  if (!alphabet_) alphabet_.emplace(parsed.root);
  if (!compile(parsed)) throw RegexpProblem{"0A000", "the regular expression is too large"};
}

bool Regexp::compile(const ParsedRegexp& parsed) {
  const Alphabet* const alphabet = alphabet_ ? &*alphabet_ : nullptr;
  search_ = compiled(translate_regexp(parsed, alphabet, false).pattern, alphabet != nullptr, false);
  // Finds the same begin without a look at the rest of the text.
  if (search_ && wants_shortest_)
    lazy_ = compiled(translate_regexp(parsed, alphabet, true).pattern, alphabet != nullptr, true);
  groups_.resize(static_cast<size_t>(parsed.groups));
  if (search_ == nullptr || groups_.empty() || !why_no_groups_.empty()) return search_ != nullptr;
  const Translation with_groups = translate_regexp(parsed, alphabet, true);
  groups_ = with_groups.groups;
  capture_ = compiled(with_groups.pattern, alphabet != nullptr, true);
  return capture_ != nullptr;
}

void Match::start(const Regexp& regexp, Text text) {
  regexp_ = &regexp;
  text_ = text;
  // RE2 tells a group that is not set by its null.
  if (text.empty()) text_ = "";
  subject_ = {text_.data(), text_.size()};
  if (!regexp.alphabet_) return;
  regexp.alphabet_->recode(text, bytes_, offsets_);
  subject_ = bytes_;
}

size_t Match::recoded(size_t at) const {
  if (!regexp_->alphabet_) return at;
  return static_cast<size_t>(std::lower_bound(offsets_.begin(), offsets_.end(), at) -
                             offsets_.begin());
}

bool Match::is_anywhere() const {
  return regexp_->search_->Match(subject_, 0, subject_.size(), re2::RE2::UNANCHORED, nullptr, 0);
}

bool Match::find(size_t from) {
  re2::StringPiece found;
  const re2::RE2& search = regexp_->lazy_ ? *regexp_->lazy_ : *regexp_->search_;
  if (!search.Match(subject_, recoded(from), subject_.size(), re2::RE2::UNANCHORED, &found, 1))
    return false;
  whole_.begin = static_cast<size_t>(found.data() - subject_.data());
  whole_.end = whole_.begin + found.size();
  if (regexp_->wants_shortest_) whole_.end = shortest_end(whole_.begin);
  return true;
}

bool Match::fits(size_t begin, size_t end) const {
  return regexp_->search_->Match(subject_, begin, end, re2::RE2::ANCHOR_START, nullptr, 0);
}

// RE2 finds a longer one. Whether there is one up to a place it says as soon as it has seen one,
// so that this takes a few times as long as the match.
size_t Match::shortest_end(size_t begin) const {
  if (fits(begin, begin)) return begin;
  size_t too_short = begin, enough = whole_.end;
  for (size_t length = 1; begin + length < enough; length *= 2) {
    if (fits(begin, begin + length)) {
      enough = begin + length;
      break;
    }
    too_short = begin + length;
  }
  while (enough - too_short > 1) {
    const size_t middle = too_short + (enough - too_short) / 2;
    (fits(begin, middle) ? enough : too_short) = middle;
  }
  return enough;
}

const std::vector<Match::Span>& Match::groups() {
  groups_.assign(regexp_->groups(), {});
  const re2::RE2& capture = *regexp_->capture_;
  pieces_.assign(static_cast<size_t>(capture.NumberOfCapturingGroups()) + 1, {});
  if (!capture.Match(subject_, whole_.begin, whole_.end, re2::RE2::ANCHOR_BOTH, pieces_.data(),
                     static_cast<int>(pieces_.size())))
    return groups_;
  for (size_t i = 0; i < groups_.size(); ++i) {
    const re2::StringPiece& piece = pieces_[static_cast<size_t>(regexp_->groups_[i])];
    if (regexp_->groups_[i] == 0 || piece.data() == nullptr) continue;
    const auto begin = static_cast<size_t>(piece.data() - subject_.data());
    groups_[i] = {original(begin), original(begin + piece.size())};
  }
  return groups_;
}

}  // namespace sql
