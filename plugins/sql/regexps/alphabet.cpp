#include <algorithm>
#include <map>

#include "regexps/translation.hpp"
#include "values/utf8.hpp"

namespace sql {
namespace {

void collect_sets(const RegexpNode& node, std::vector<CharacterSet>& to) {
  if (node.kind == RegexpNode::kSet && std::find(to.begin(), to.end(), node.set) == to.end())
    to.push_back(node.set);
  for (const RegexpNode& part : node.parts) collect_sets(part, to);
}

bool is_word_byte(unsigned byte) {
  return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
         (byte >= 'a' && byte <= 'z') || byte == '_';
}

}  // namespace

bool has_word_edges(const RegexpNode& node) {
  if (node.kind >= RegexpNode::kWordBegin && node.kind <= RegexpNode::kNoWordEdge) return true;
  return std::any_of(node.parts.begin(), node.parts.end(), has_word_edges);
}

Alphabet::Alphabet(const RegexpNode& root) {
  // The newline stays one for RE2's ^ and $.
  std::vector<CharacterSet> sets{*class_of("word"), CharacterSet('\n', '\n')};
  collect_sets(root, sets);
  std::vector<char32_t> begins{0};
  for (const CharacterSet& set : sets) {
    for (const auto& range : set.ranges()) {
      begins.push_back(range.first);
      begins.push_back(range.last + 1);
    }
  }
  std::sort(begins.begin(), begins.end());
  begins.erase(std::unique(begins.begin(), begins.end()), begins.end());
  // Characters that are in the same sets are one.
  std::map<std::vector<bool>, unsigned char> known;
  unsigned next_word = 0, next_other = 0;
  for (const char32_t begin : begins) {
    std::vector<bool> member;
    member.reserve(sets.size());
    for (const CharacterSet& set : sets) member.push_back(set.contains(begin));
    const auto [found, is_new] = known.try_emplace(member, 0);
    if (is_new) {
      unsigned& next = member[0] ? next_word : next_other;
      if (member[1]) {
        found->second = '\n';
      } else {
        while (next < 256 && (is_word_byte(next) != member[0] || next == '\n')) ++next;
        if (next == 256) {
          throw RegexpProblem{"0A000", "the regular expression has too many kinds of characters"};
        }
        found->second = static_cast<unsigned char>(next++);
      }
    }
    if (intervals_.empty() || intervals_.back().byte != found->second)
      intervals_.push_back({begin, found->second});
  }
  for (char32_t c = 0; c < 128; ++c) ascii_[c] = byte_of(c);
}

unsigned char Alphabet::byte_of(char32_t c) const {
  const auto behind =
      std::upper_bound(intervals_.begin(), intervals_.end(), c,
                       [](char32_t x, const Interval& interval) { return x < interval.first; });
  return std::prev(behind)->byte;
}

void Alphabet::recode(std::string_view text, std::string& to, std::vector<size_t>& offsets) const {
  to.clear();
  offsets.clear();
  for (size_t at = 0; at < text.size();) {
    offsets.push_back(at);
    const char32_t c = read_character(text, at);
    to += static_cast<char>(c < 128 ? ascii_[c] : byte_of(c));
  }
  offsets.push_back(text.size());
}

std::string Alphabet::bytes_of(const CharacterSet& set) const {
  std::string bytes;
  for (const Interval& interval : intervals_) {
    const char byte = static_cast<char>(interval.byte);
    if (set.contains(interval.first) && bytes.find(byte) == bytes.npos) bytes += byte;
  }
  return bytes;
}

}  // namespace sql
