// Which elements of a row's document its rows were made of, so that one of them may be rejected and
// the others go on.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "analysis/syntax.hpp"
#include "evaluation/run.hpp"
#include "values/json.hpp"

namespace sql {

// An element of an array, or a member of an object, and the value that FROM looked for it in.
struct Step {
  const JsonNode* container;
  const JsonNode* element;
};

// A row of the input, and of each item of FROM the number of its row.
using PartKey = std::vector<uint32_t>;

// A part of a row of the input for which the query fails.
struct FailedPart {
  Failure failure;
  size_t column;     // of the input: what has the document
  std::string text;  // the document, of whose elements it has this one alone
};

using FailedParts = std::map<PartKey, FailedPart>;

// Names of members that a query asks for by `->` and its kind.
std::set<std::string> names_asked_for(const Tree& query);

// Writes a document. Where one of `steps` was taken, it leaves out what neither is on the way nor
// has one of these names.
void append_only(std::string& to, const JsonNode* document, std::span<const Step> steps,
                 const std::set<std::string>& names);

// Whether a value is another, or in it.
inline bool is_within(const JsonNode* value, const JsonNode* other) {
  return value >= other && value < after(other);
}

}  // namespace sql
