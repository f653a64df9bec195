// What can be said of the matches of a part of a regular expression.
#include "regexps/translation.hpp"

namespace sql {
namespace {

using Node = RegexpNode;

template <bool at_begin>
CharacterSet edge_of(const Node& node) {
  CharacterSet result;
  switch (node.kind) {
    case Node::kSet: return node.set;
    case Node::kRepeat:
      if (node.most == 0) return result;
      return edge_of<at_begin>(node.parts[0]);
    case Node::kGroup: return edge_of<at_begin>(node.parts[0]);
    case Node::kAlternatives:
      for (const Node& part : node.parts) result.add(edge_of<at_begin>(part));
      return result;
    case Node::kSequence:
      for (size_t i = 0; i < node.parts.size(); ++i) {
        const Node& part = node.parts[at_begin ? i : node.parts.size() - 1 - i];
        result.add(edge_of<at_begin>(part));
        if (!may_be_empty(part)) break;
      }
      return result;
    default: return result;
  }
}

}  // namespace

int width_of(const Node& node) {
  switch (node.kind) {
    case Node::kSet: return 1;
    case Node::kGroup: return width_of(node.parts[0]);
    case Node::kRepeat: {
      if (node.most == 0) return 0;
      const int width = width_of(node.parts[0]);
      if (width == 0) return 0;
      return width < 0 || node.least != node.most ? -1 : width * node.least;
    }
    case Node::kAlternatives: {
      const int width = width_of(node.parts[0]);
      for (const Node& part : node.parts) {
        if (width_of(part) != width) return -1;
      }
      return width;
    }
    case Node::kSequence: {
      int sum = 0;
      for (const Node& part : node.parts) {
        const int width = width_of(part);
        if (width < 0) return -1;
        sum += width;
      }
      return sum;
    }
    default: return 0;
  }
}

bool may_be_empty(const Node& node) {
  switch (node.kind) {
    case Node::kSet: return false;
    case Node::kGroup: return may_be_empty(node.parts[0]);
    case Node::kRepeat: return node.least == 0 || may_be_empty(node.parts[0]);
    case Node::kAlternatives:
      for (const Node& part : node.parts) {
        if (may_be_empty(part)) return true;
      }
      return false;
    case Node::kSequence:
      for (const Node& part : node.parts) {
        if (!may_be_empty(part)) return false;
      }
      return true;
    default: return true;
  }
}

bool has_groups(const Node& node) {
  if (node.kind == Node::kGroup) return true;
  for (const Node& part : node.parts) {
    if (has_groups(part)) return true;
  }
  return false;
}

CharacterSet first_of(const Node& node) { return edge_of<true>(node); }
CharacterSet last_of(const Node& node) { return edge_of<false>(node); }

}  // namespace sql
