#include "read_table.hpp"

#include <cstdlib>

#include "identifier.hpp"
#include "statements.hpp"

namespace timescale_sink {
namespace {

// Resolves domains to their base type. A column is NOT NULL, or has a default, if any of its
// domains says so; the type modifier is the innermost one's.
std::string columns_sql(const std::string& table) {
  return "SELECT a.attname, d.oid, quote_ident(d.nspname) || '.' || quote_ident(d.typname), "
         "d.typname, format_type(a.atttypid, a.atttypmod), d.typcategory, d.typtype, d.modifier, "
         "a.attnotnull OR d.not_null, a.atthasdef OR a.attidentity <> '' OR d.has_default, "
         "a.attgenerated <> '' OR a.attidentity = 'a', "
         "(SELECT CASE WHEN c.relkind = 'v' THEN 'is a view' WHEN EXISTS (SELECT FROM pg_rewrite r "
         "WHERE r.ev_class = c.oid AND r.ev_type = '3') THEN 'has a rule for INSERT' "
         "WHEN row_security_active(c.oid) THEN 'has row security for this role' ELSE '' END "
         "FROM pg_class c WHERE c.oid = a.attrelid), "
         "coalesce((SELECT quote_ident(n.nspname) || '.' || quote_ident(l.collname) FROM "
         "pg_collation l "
         "JOIN pg_namespace n ON n.oid = l.collnamespace WHERE l.oid = a.attcollation "
         "AND l.collname <> 'default'), ''), "
         "CASE WHEN has_schema_privilege(d.schema, 'USAGE') THEN '' ELSE "
         "format('GRANT USAGE ON SCHEMA %I TO %I', d.nspname, current_user) END, " +
         version_sql(table) +
         " "
         "FROM pg_attribute a CROSS JOIN LATERAL ("
         "WITH RECURSIVE below AS ("
         "SELECT t.*, a.atttypmod AS modifier, t.typnotnull AS not_null, "
         "t.typdefault IS NOT NULL AS has_default FROM pg_type t WHERE t.oid = a.atttypid "
         "UNION ALL SELECT t.*, below.typtypmod, below.not_null OR t.typnotnull, "
         "below.has_default OR t.typdefault IS NOT NULL "
         "FROM below JOIN pg_type t ON t.oid = below.typbasetype WHERE below.typtype = 'd') "
         "SELECT below.oid, n.oid AS schema, n.nspname, below.typname, below.typcategory, "
         "below.typtype, "
         "below.modifier, below.not_null, below.has_default "
         "FROM below JOIN pg_namespace n ON n.oid = below.typnamespace "
         "WHERE below.typtype <> 'd') d "
         "WHERE a.attrelid = to_regclass(" +
         literal(table) + ") AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum";
}

}  // namespace

Failure read_table(Connection& connection, const std::string& name, const std::string& settings,
                   Table& table) {
  table = {};
  table.name = name;
  Result result;
  if (Failure failure = connection.execute(settings + columns_sql(name), result)) return failure;
  for (int row = 0; row < PQntuples(result.get()); ++row) {
    const auto text = [&](int column) {
      return std::string(PQgetvalue(result.get(), row, column));
    };
    const auto is = [&](int column) { return text(column) == "t"; };
    table.why_insert = text(11);
    table.version = text(14);
    table.columns.push_back(
        {.name = text(0),
         .oid = static_cast<uint32_t>(std::strtoul(text(1).c_str(), nullptr, 10)),
         .type = text(2),
         .base_name = text(3),
         .declared = text(4),
         .category = text(5)[0],
         .kind = text(6)[0],
         .modifier = std::atoi(text(7).c_str()),
         .not_null = is(8),
         .has_default = is(9),
         .is_generated = is(10),
         .collation = text(12),
         .needed_grant = text(13)});
  }
  return {};
}

}  // namespace timescale_sink
