// What makes two jsonb values equal, and their order (compareJsonbContainers of jsonb_util.c).
#pragma once

#include <compare>
#include <vector>

#include "values/json.hpp"

namespace sql {

// The members of an object as jsonb keeps them: by the length of their names, then by bytes; of
// several with one name the last. The value follows the name's node.
std::vector<const JsonNode*> sorted_members(const JsonNode* object);

std::strong_ordering compare(Json a, Json b);

}  // namespace sql
