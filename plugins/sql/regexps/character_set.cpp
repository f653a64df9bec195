#include "regexps/character_set.hpp"

#include <wctype.h>

#include <algorithm>
#include <array>
#include <locale>
#include <mutex>

namespace sql {

void CharacterSet::add(char32_t first, char32_t last) {
  last = std::min(last, kLast);
  if (first > last) return;
  // Those that it touches become one with it.
  auto begin = std::lower_bound(ranges_.begin(), ranges_.end(), first,
                                [](const Range& range, char32_t c) { return range.last + 1 < c; });
  auto end = begin;
  for (; end != ranges_.end() && end->first <= last + 1; ++end) {
    first = std::min(first, end->first);
    last = std::max(last, end->last);
  }
  begin = ranges_.erase(begin, end);
  ranges_.insert(begin, {first, last});
}

void CharacterSet::add(const CharacterSet& other) {
  for (const Range& range : other.ranges_) add(range.first, range.last);
}

CharacterSet CharacterSet::complement() const {
  CharacterSet result;
  char32_t next = 0;
  for (const Range& range : ranges_) {
    if (range.first > next) result.ranges_.push_back({next, range.first - 1});
    next = range.last + 1;
  }
  if (next <= kLast) result.ranges_.push_back({next, kLast});
  return result;
}

bool CharacterSet::contains(char32_t c) const {
  const auto at = std::lower_bound(ranges_.begin(), ranges_.end(), c,
                                   [](const Range& range, char32_t x) { return range.last < x; });
  return at != ranges_.end() && at->first <= c;
}

bool CharacterSet::intersects(const CharacterSet& other) const {
  auto ours = ranges_.begin();
  auto theirs = other.ranges_.begin();
  while (ours != ranges_.end() && theirs != other.ranges_.end()) {
    if (ours->last < theirs->first) ++ours;
    else if (theirs->last < ours->first) ++theirs;
    else return true;
  }
  return false;
}

namespace {

// The C library's tables, as PostgreSQL has them with this locale.
locale_t locale_of_classes() {
  static const locale_t made = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return made;
}

template <class Is>
CharacterSet all_that(Is&& is) {
  CharacterSet set;
  for (char32_t c = 0; c <= CharacterSet::kLast; ++c) {
    const char32_t first = c;
    while (c <= CharacterSet::kLast && is(static_cast<wint_t>(c))) ++c;
    if (c > first) set.add(first, c - 1);
  }
  return set;
}

template <int (*is)(wint_t, locale_t)>
CharacterSet of_library() {
  return all_that([](wint_t c) { return is(c, locale_of_classes()) != 0; });
}

CharacterSet of_ranges(std::initializer_list<CharacterSet::Range> ranges) {
  CharacterSet set;
  for (const auto& range : ranges) set.add(range.first, range.last);
  return set;
}

struct ClassName {
  std::string_view name;
  CharacterSet (*make)();
};
constexpr std::array kClasses{
    ClassName{"alnum", of_library<iswalnum_l>},
    ClassName{"alpha", of_library<iswalpha_l>},
    ClassName{"ascii", [] { return CharacterSet(0, 0x7F); }},
    ClassName{"blank",
              [] {
                return of_ranges({{'\t', '\t'}, {' ', ' '}});
              }},
    ClassName{"cntrl",
              [] {
                return of_ranges({{0, 0x1F}, {0x7F, 0x9F}});
              }},
    ClassName{"digit", of_library<iswdigit_l>},
    ClassName{"graph", of_library<iswgraph_l>},
    ClassName{"lower", of_library<iswlower_l>},
    ClassName{"print", of_library<iswprint_l>},
    ClassName{"punct", of_library<iswpunct_l>},
    ClassName{"space", of_library<iswspace_l>},
    ClassName{"upper", of_library<iswupper_l>},
    ClassName{"xdigit",
              [] {
                return of_ranges({{'0', '9'}, {'A', 'F'}, {'a', 'f'}});
              }},
    ClassName{"word",
              [] {
                CharacterSet set = of_library<iswalnum_l>();
                set.add('_', '_');
                return set;
              }},
};

struct Cases {
  char32_t character, lower, upper;
};
// All characters that have another case.
const std::vector<Cases>& cases() {
  static const std::vector<Cases> all = [] {
    std::vector<Cases> found;
    for (char32_t c = 0; c <= CharacterSet::kLast; ++c) {
      const auto lower =
          static_cast<char32_t>(towlower_l(static_cast<wint_t>(c), locale_of_classes()));
      const auto upper =
          static_cast<char32_t>(towupper_l(static_cast<wint_t>(c), locale_of_classes()));
      if (lower != c || upper != c) found.push_back({c, lower, upper});
    }
    return found;
  }();
  return all;
}

auto case_from(char32_t c) {
  return std::lower_bound(cases().begin(), cases().end(), c,
                          [](const Cases& each, char32_t x) { return each.character < x; });
}

}  // namespace

const CharacterSet* class_of(std::string_view name) {
  // Several threads may compile at once.
  static std::array<std::once_flag, kClasses.size()> once;
  static std::array<CharacterSet, kClasses.size()> made;
  for (size_t i = 0; i < kClasses.size(); ++i) {
    if (kClasses[i].name != name) continue;
    std::call_once(once[i], [i] { made[i] = kClasses[i].make(); });
    return &made[i];
  }
  return nullptr;
}

CharacterSet in_both_cases(char32_t c) {
  const auto at = case_from(c);
  if (at == cases().end() || at->character != c) return {c, c};
  CharacterSet set(at->lower, at->lower);
  set.add(at->upper, at->upper);
  return set;
}

CharacterSet in_both_cases(char32_t first, char32_t last) {
  CharacterSet set(first, last);
  for (auto at = case_from(first); at != cases().end() && at->character <= last; ++at) {
    set.add(at->lower, at->lower);
    set.add(at->upper, at->upper);
  }
  return set;
}

}  // namespace sql
