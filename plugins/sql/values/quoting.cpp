#include "values/quoting.hpp"

#include <algorithm>

namespace sql {
namespace {

// Keywords that are no names everywhere: pg_get_keywords() without catcode U, of version 15.
constexpr std::string_view kKeywords[]{"all",
                                       "analyse",
                                       "analyze",
                                       "and",
                                       "any",
                                       "array",
                                       "as",
                                       "asc",
                                       "asymmetric",
                                       "authorization",
                                       "between",
                                       "bigint",
                                       "binary",
                                       "bit",
                                       "boolean",
                                       "both",
                                       "case",
                                       "cast",
                                       "char",
                                       "character",
                                       "check",
                                       "coalesce",
                                       "collate",
                                       "collation",
                                       "column",
                                       "concurrently",
                                       "constraint",
                                       "create",
                                       "cross",
                                       "current_catalog",
                                       "current_date",
                                       "current_role",
                                       "current_schema",
                                       "current_time",
                                       "current_timestamp",
                                       "current_user",
                                       "dec",
                                       "decimal",
                                       "default",
                                       "deferrable",
                                       "desc",
                                       "distinct",
                                       "do",
                                       "else",
                                       "end",
                                       "except",
                                       "exists",
                                       "extract",
                                       "false",
                                       "fetch",
                                       "float",
                                       "for",
                                       "foreign",
                                       "freeze",
                                       "from",
                                       "full",
                                       "grant",
                                       "greatest",
                                       "group",
                                       "grouping",
                                       "having",
                                       "ilike",
                                       "in",
                                       "initially",
                                       "inner",
                                       "inout",
                                       "int",
                                       "integer",
                                       "intersect",
                                       "interval",
                                       "into",
                                       "is",
                                       "isnull",
                                       "join",
                                       "lateral",
                                       "leading",
                                       "least",
                                       "left",
                                       "like",
                                       "limit",
                                       "localtime",
                                       "localtimestamp",
                                       "national",
                                       "natural",
                                       "nchar",
                                       "none",
                                       "normalize",
                                       "not",
                                       "notnull",
                                       "null",
                                       "nullif",
                                       "numeric",
                                       "offset",
                                       "on",
                                       "only",
                                       "or",
                                       "order",
                                       "out",
                                       "outer",
                                       "overlaps",
                                       "overlay",
                                       "placing",
                                       "position",
                                       "precision",
                                       "primary",
                                       "real",
                                       "references",
                                       "returning",
                                       "right",
                                       "row",
                                       "select",
                                       "session_user",
                                       "setof",
                                       "similar",
                                       "smallint",
                                       "some",
                                       "substring",
                                       "symmetric",
                                       "table",
                                       "tablesample",
                                       "then",
                                       "time",
                                       "timestamp",
                                       "to",
                                       "trailing",
                                       "treat",
                                       "trim",
                                       "true",
                                       "union",
                                       "unique",
                                       "user",
                                       "using",
                                       "values",
                                       "varchar",
                                       "variadic",
                                       "verbose",
                                       "when",
                                       "where",
                                       "window",
                                       "with",
                                       "xmlattributes",
                                       "xmlconcat",
                                       "xmlelement",
                                       "xmlexists",
                                       "xmlforest",
                                       "xmlnamespaces",
                                       "xmlparse",
                                       "xmlpi",
                                       "xmlroot",
                                       "xmlserialize",
                                       "xmltable"};

bool is_plain_name(std::string_view name) {
  const auto begins = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  const auto goes_on = [&](char c) { return begins(c) || (c >= '0' && c <= '9'); };
  return !name.empty() && begins(name[0]) && std::all_of(name.begin(), name.end(), goes_on) &&
         !std::binary_search(std::begin(kKeywords), std::end(kKeywords), name);
}

}  // namespace

void append_identifier(std::string& to, std::string_view name) {
  if (is_plain_name(name)) {
    to += name;
    return;
  }
  to += '"';
  for (const char c : name) {
    if (c == '"') to += c;
    to += c;
  }
  to += '"';
}

void append_literal(std::string& to, std::string_view text) {
  if (text.find('\\') != text.npos) to += 'E';
  to += '\'';
  for (const char c : text) {
    if (c == '\'' || c == '\\') to += c;
    to += c;
  }
  to += '\'';
}

}  // namespace sql
