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

// A value that a query reads of a JSON column: a member of a member of it, by their names.
struct Read {
  std::string table, column;  // as they are written; table may be empty, column *
  std::vector<std::string> path;
};

struct Reads {
  std::vector<Read> values;
  std::set<std::string> names;  // of all members that are asked for
};

// What a query reads, but for the values that items of FROM take apart, and for those of which only
// the type is asked.
Reads reads_of(const Tree& select);

// Writes a document. Where one of `steps` leads into an element of a container, the container's
// other elements are left out, but for members with one of these names.
void append_only(std::string& to, const JsonNode* document, std::span<const Step> steps,
                 const std::set<std::string>& names);

// Whether a value is another, or in it.
inline bool is_within(const JsonNode* value, const JsonNode* other) {
  return value >= other && value < after(other);
}

// Whether one of them leads into a value, which is another value without the other elements.
bool is_entered(const JsonNode* value, std::span<const Step> steps);

}  // namespace sql
