#include "analysis/type_name.hpp"

#include <map>

#include "analysis/query_error.hpp"

namespace sql {
namespace {

// Types that PostgreSQL has and ours are refused, and what does instead.
const std::map<std::string, const char*, std::less<>> refused_types{
    {"bpchar", "Use text; varchar(n) cuts, and rpad fills with blanks."},
    {"char", "Use text."},
    {"name", "Use text."},
    {"bit", "Use integer, with & | # ~ << >>."},
    {"varbit", "Use integer, with & | # ~ << >>."},
    {"json", "Use jsonb."},
    {"xml", "Use text."},
    {"uuid", "Use text."},
    {"money", "Use numeric."},
    {"oid", "Use bigint."},
    {"time", "Use timestamp, or interval for a time of day."},
    {"timetz", "Use timestamptz."},
    {"inet", "Use text."},
    {"cidr", "Use text."},
    {"macaddr", "Use text."},
    {"macaddr8", "Use text."},
    {"point", "Use two columns of double precision."},
    {"record", "Use jsonb_build_object or separate columns."},
    {"int4range", "Use two columns of integer."},
    {"int8range", "Use two columns of bigint."},
    {"numrange", "Use two columns of numeric."},
    {"tsrange", "Use two columns of timestamp."},
    {"tstzrange", "Use two columns of timestamptz."},
    {"daterange", "Use two columns of date."},
    {"tsvector", "Use text."},
    {"tsquery", "Use a regular expression."},
};

Base base_named(const std::string& word, int location) {
  if (const auto base = find_type(word)) return *base;
  if (const auto refused = refused_types.find(word); refused != refused_types.end())
    throw QueryError("0A000", "type \"" + word + "\" is not supported", location, refused->second);
  std::string all;
  for (const std::string_view known : type_names())
    all += (all.empty() ? "" : ", ") + std::string(known);
  throw QueryError("42704", "type \"" + word + "\" does not exist", location,
                   "There are: " + all + ".");
}

}  // namespace

TypeName read_type_name(const Tree& body) {
  TypeName name;
  name.location = location(body);
  name.name = strings(get(body, "names")).back();
  // pg_type calls an array's type by its element's.
  const bool is_array = body.contains("arrayBounds") || name.name.starts_with('_');
  if (name.name.starts_with('_')) name.name.erase(0, 1);
  name.type = Type(base_named(name.name, name.location), is_array);
  if (is_array) Resolver::refuse_path(name.type, name.location);
  for (const Tree& modifier : get(body, "typmods")) {
    const bool is_integer = type_of(modifier) == "A_Const" && body_of(modifier).contains("ival");
    if (!is_integer)
      throw QueryError("42601", "type modifiers must be simple constants or identifiers",
                       name.location);
    name.modifiers.push_back(integer_of(body_of(modifier)));
  }
  if (!name.modifiers.empty()) name.check();
  return name;
}

}  // namespace sql
