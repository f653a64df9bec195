// The parse tree of a query, which is PostgreSQL's own grammar's (libpg_query), as JSON. A node is
// an object of one member, whose name is the node's type in PostgreSQL's parsenodes.h; members that
// are zero, false or empty are left out.
#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace sql {

using Tree = nlohmann::json;

struct Statement {
  Tree select;
  bool is_explained = false;  // EXPLAIN SELECT …
};
// Of a text that is a SELECT; throws QueryError.
Statement parse(const std::string& query);
// An integer constant.
int32_t integer_of(const Tree& body);

// Of a node its type, and what it has.
std::string type_of(const Tree& node);
const Tree& body_of(const Tree& node);

// A member that may be left out.
const Tree& get(const Tree& body, const char* name);
std::string text(const Tree& body, const char* name);
bool flag(const Tree& body, const char* name);
int location(const Tree& body);
int location_of(const Tree& node);
// Whether a column stands in it.
bool has_columns(const Tree& node);
// The texts of a list of String nodes.
std::vector<std::string> strings(const Tree& list);

}  // namespace sql
