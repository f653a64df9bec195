// Whether RE2 captures what PostgreSQL captures.
//
// PostgreSQL knows the text of the whole first. In a sequence, each part in turn takes as much as
// it can, or as little, so that the rest still fits (ccondissect of regexec.c); parts without
// groups that follow each other count as one. RE2 tries the ways in which a part can match in an
// order. So both agree where a part's ways come in the order of their lengths.
#include "regexps/translation.hpp"

namespace sql {
namespace {

using Node = RegexpNode;
using Parts = std::vector<const Node*>;

unsigned wishes_in(const Node& node) {
  unsigned found = 0;
  if (node.kind == Node::kAlternatives) found |= 1;
  if (node.kind == Node::kRepeat) {
    if (node.most == 0) return 0;
    if (node.wish == Preference::kLonger) found |= 1;
    if (node.wish == Preference::kShorter) found |= 2;
  }
  for (const Node& part : node.parts) found |= wishes_in(part);
  return found;
}

// The parts of a sequence as PostgreSQL takes them together (MESSY of parseqatom).
std::vector<Parts> units_of(const Node& sequence) {
  std::vector<Parts> units(1);
  unsigned wishes = 0;
  for (const Node& part : sequence.parts) {
    const unsigned with_it = wishes | wishes_in(part);
    if (has_groups(part) || with_it == 3) {
      if (units.back().empty()) units.pop_back();
      units.push_back({&part});
      units.emplace_back();
      wishes = 0;
    } else {
      units.back().push_back(&part);
      wishes = with_it;
    }
  }
  if (units.back().empty()) units.pop_back();
  return units;
}

bool may_be_empty(const Parts& parts, size_t from) {
  for (size_t i = from; i < parts.size(); ++i) {
    if (!sql::may_be_empty(*parts[i])) return false;
  }
  return true;
}
CharacterSet first_of_rest(const Parts& parts, size_t from) {
  CharacterSet result;
  for (size_t i = from; i < parts.size(); ++i) {
    result.add(first_of(*parts[i]));
    if (!sql::may_be_empty(*parts[i])) break;
  }
  return result;
}

const Node& without_group(const Node& node) {
  const bool is_wrapped =
      node.kind == Node::kGroup || (node.kind == Node::kSequence && node.parts.size() == 1);
  return is_wrapped ? without_group(node.parts[0]) : node;
}

// A repeated character that what follows can't begin with.
bool ends_before(const Node& part, const Parts& parts, size_t next) {
  const Node& repeat = without_group(part);
  if (repeat.kind != Node::kRepeat || repeat.most == 0) return false;
  const Node& of = without_group(repeat.parts[0]);
  return of.kind == Node::kSet && !of.set.intersects(first_of_rest(parts, next));
}

Parts parts_of(const Node& sequence) {
  Parts parts;
  for (const Node& part : sequence.parts) parts.push_back(&part);
  return parts;
}

// From a place in a text there is one match at most, or all are of one length.
bool has_one_length(const Node& node) {
  if (width_of(node) >= 0) return true;
  if (node.kind == Node::kGroup) return has_one_length(node.parts[0]);
  if (node.kind != Node::kSequence) return false;
  const Parts parts = parts_of(node);
  for (size_t i = 0; i < parts.size(); ++i) {
    if (width_of(*parts[i]) >= 0 || has_one_length(*parts[i])) continue;
    if (!ends_before(*parts[i], parts, i + 1) || may_be_empty(parts, i + 1)) return false;
  }
  return true;
}

bool is_ordered(const Parts& parts, Preference wish);

bool has_ordered_alternatives(const Node& node, Preference wish) {
  if (wish != Preference::kLonger) return false;
  bool has_widths = true;
  for (const Node& part : node.parts) has_widths = has_widths && width_of(part) >= 0;
  if (has_widths) return true;  // the translation sorts them
  for (size_t i = 0; i < node.parts.size(); ++i) {
    const Node& part = node.parts[i];
    if (!is_ordered({&part}, wish)) return false;
    if (width_of(part) == 0 && i + 1 == node.parts.size()) return true;
    if (sql::may_be_empty(part)) return false;
    for (size_t j = 0; j < i; ++j) {
      if (first_of(part).intersects(first_of(node.parts[j]))) return false;
    }
  }
  return true;
}

bool is_ordered(const Node& node, Preference wish) {
  if (width_of(node) >= 0) return true;
  switch (node.kind) {
    case Node::kGroup: return is_ordered(node.parts[0], wish);
    case Node::kAlternatives: return has_ordered_alternatives(node, wish);
    case Node::kSequence: return is_ordered(parts_of(node), wish);
    case Node::kRepeat: break;
    default: return false;
  }
  const Node& of = node.parts[0];
  if (node.least == 1 && node.most == 1 && node.wish == Preference::kNone)
    return is_ordered(of, wish);
  if (node.wish != wish || sql::may_be_empty(of)) return false;
  return has_one_length(of) || (node.least == 0 && node.most == 1 && is_ordered(of, wish));
}

bool is_ordered(const Parts& parts, Preference wish) {
  size_t last = parts.size();
  for (size_t i = parts.size(); i > 0; --i) {
    if (width_of(*parts[i - 1]) >= 0) continue;
    if (last == parts.size()) {
      last = i - 1;
      if (!is_ordered(*parts[last], wish)) return false;
    } else if (preference_of(*parts[i - 1]) != wish || !ends_before(*parts[i - 1], parts, i)) {
      return false;
    }
  }
  return true;
}

Preference preference_of_unit(const Parts& parts) {
  for (const Node* part : parts) {
    if (const Preference found = preference_of(*part); found != Preference::kNone) return found;
  }
  return Preference::kLonger;
}

// Every match of the node sets all groups in it.
bool always_sets(const Node& node) {
  if (!has_groups(node)) return true;
  if (node.kind == Node::kAlternatives) return false;
  if (node.kind == Node::kRepeat && node.least == 0) return false;
  for (const Node& part : node.parts) {
    if (!always_sets(part)) return false;
  }
  return true;
}

constexpr char kIsUnclear[] =
    "which text a group of the regular expression captures is not decided by its first "
    "possibility alone";

std::string why_repeat_differs(const Node& node) {
  const Node& of = node.parts[0];
  if (node.most == 0) return {};
  if (node.most == 1 && node.least == 1) return why_groups_differ(of);
  if (sql::may_be_empty(of))
    return "a group that may be empty is repeated or left out in the regular expression";
  if (node.most != 1 && (!has_one_length(of) || !always_sets(of)))
    return "a group whose matches may differ in length is repeated in the regular expression";
  return why_groups_differ(of);
}

}  // namespace

std::string why_groups_differ(const Node& node) {
  if (!has_groups(node)) return {};
  if (node.kind == Node::kRepeat) return why_repeat_differs(node);
  for (const Node& part : node.parts) {
    if (std::string why = why_groups_differ(part); !why.empty()) return why;
  }
  if (node.kind != Node::kSequence) return {};
  const std::vector<Parts> units = units_of(node);
  for (size_t i = 0; i + 1 < units.size(); ++i) {
    if (!is_ordered(units[i], preference_of_unit(units[i]))) return kIsUnclear;
  }
  return {};
}

}  // namespace sql
