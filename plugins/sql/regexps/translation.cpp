#include "regexps/translation.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace sql {
namespace {

using Node = RegexpNode;

// What stands beside a place in a text.
enum class Neighbour { kAny, kWord, kOther };

Neighbour neighbour_of(const CharacterSet& set) {
  const CharacterSet& word = *class_of("word");
  if (set.is_within(word)) return Neighbour::kWord;
  return set.intersects(word) ? Neighbour::kAny : Neighbour::kOther;
}

class Translator {
 public:
  Translator(int groups, const Alphabet* alphabet, bool captures)
      : alphabet_(alphabet), captures_(captures) {
    result_.groups.assign(static_cast<size_t>(groups), 0);
  }

  Translation translate(const Node& root) {
    write(root, Neighbour::kAny, Neighbour::kAny);
    return std::move(result_);
  }

 private:
  void put(std::string_view text) { result_.pattern += text; }

  void write(const Node& node, Neighbour before, Neighbour behind) {
    switch (node.kind) {
      case Node::kNothing: return put("(?:)");
      case Node::kSet: return write_set(node.set);
      case Node::kBegin: return put("\\A");
      case Node::kEnd: return put("\\z");
      case Node::kLineBegin: return put("(?m:^)");
      case Node::kLineEnd: return put("(?m:$)");
      case Node::kWordEdge: return put("\\b");
      case Node::kNoWordEdge: return put("\\B");
      case Node::kWordBegin: return write_edge("\\m", behind, before);
      case Node::kWordEnd: return write_edge("\\M", before, behind);
      case Node::kSequence: return write_sequence(node, before, behind);
      case Node::kAlternatives: return write_alternatives(node, before, behind);
      case Node::kRepeat: return write_repeat(node, before, behind);
      case Node::kGroup: return write_group(node, before, behind);
    }
  }

  // RE2 has no look at what comes; it is an edge of words, of which one side is known.
  void write_edge(const char* name, Neighbour of_word, Neighbour of_other) {
    if (of_word == Neighbour::kWord || of_other == Neighbour::kOther) return put("\\b");
    if (of_word == Neighbour::kOther || of_other == Neighbour::kWord) return write_set({});
    throw RegexpProblem{"0A000", std::string(name) +
                                     " is supported in a regular expression beside what is "
                                     "known to be of a word or not; use \\y"};
  }

  void write_set(const CharacterSet& set) {
    if (result_.pattern.size() > kMostTranslated) return;
    if (alphabet_ != nullptr) {
      const std::string bytes = alphabet_->bytes_of(set);
      if (bytes.empty()) return put("[^\\x00-\\xff]");
      put("[");
      for (const char byte : bytes) write_code(static_cast<unsigned char>(byte));
      return put("]");
    }
    if (set.ranges().empty()) return put("[^\\x{0}-\\x{10ffff}]");
    const auto& first = set.ranges()[0];
    const bool is_one = set.ranges().size() == 1 && first.first == first.last;
    if (!is_one) put("[");
    for (const auto& range : set.ranges()) {
      write_code(range.first);
      if (range.last == range.first) continue;
      put("-");
      write_code(range.last);
    }
    if (!is_one) put("]");
  }
  void write_code(char32_t c) {
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "\\x{%x}", static_cast<unsigned>(c));
    put(text.data());
  }

  static Neighbour beside(const CharacterSet& set, bool may_be_empty, Neighbour otherwise) {
    if (set == CharacterSet()) return otherwise;
    const Neighbour found = neighbour_of(set);
    return !may_be_empty || found == otherwise ? found : Neighbour::kAny;
  }

  void write_sequence(const Node& node, Neighbour before, Neighbour behind) {
    const std::vector<Node>& parts = node.parts;
    if (parts.empty()) return put("(?:)");
    // From the end, what stands behind each.
    std::vector<Neighbour> next(parts.size() + 1, behind);
    for (size_t i = parts.size(); i > 0; --i) {
      const Node& part = parts[i - 1];
      next[i - 1] = part.kind == Node::kEnd ? Neighbour::kOther
                                            : beside(first_of(part), may_be_empty(part), next[i]);
    }
    for (size_t i = 0; i < parts.size(); ++i) {
      const Node& part = parts[i];
      put("(?:");
      write(part, before, next[i + 1]);
      put(")");
      before = part.kind == Node::kBegin ? Neighbour::kOther
                                         : beside(last_of(part), may_be_empty(part), before);
    }
  }

  void write_alternatives(const Node& node, Neighbour before, Neighbour behind) {
    std::vector<const Node*> parts;
    bool has_widths = true;
    for (const Node& part : node.parts) {
      parts.push_back(&part);
      has_widths = has_widths && width_of(part) >= 0;
    }
    // The longest first, as PostgreSQL has them (groups.cpp).
    if (captures_ && has_widths) {
      std::stable_sort(parts.begin(), parts.end(),
                       [](const Node* a, const Node* b) { return width_of(*a) > width_of(*b); });
    }
    put("(?:");
    for (size_t i = 0; i < parts.size(); ++i) {
      if (i > 0) put("|");
      write(*parts[i], before, behind);
    }
    put(")");
  }

  void write_repeat(const Node& node, Neighbour before, Neighbour behind) {
    if (node.most == 0) return put("(?:)");
    if (node.most != 1) before = behind = Neighbour::kAny;
    put("(?:");
    write(node.parts[0], before, behind);
    put("){" + std::to_string(node.least) + ",");
    if (node.most != Node::kUnlimited) put(std::to_string(node.most));
    put(captures_ && node.wish == Preference::kShorter ? "}?" : "}");
  }

  void write_group(const Node& node, Neighbour before, Neighbour behind) {
    if (captures_) result_.groups[static_cast<size_t>(node.group) - 1] = ++groups_;
    put(captures_ ? "(" : "(?:");
    write(node.parts[0], before, behind);
    put(")");
  }

  const Alphabet* alphabet_;
  const bool captures_;
  int groups_ = 0;
  Translation result_;
};

}  // namespace

Translation translate_regexp(const ParsedRegexp& regexp, const Alphabet* alphabet, bool captures) {
  return Translator(regexp.groups, alphabet, captures).translate(regexp.root);
}

}  // namespace sql
