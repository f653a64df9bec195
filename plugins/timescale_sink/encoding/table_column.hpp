// A table and its columns, as the catalog describes them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace timescale_sink {

struct TableColumn {
  std::string name;
  uint32_t oid = 0;       // of its type; for a domain, of the base type
  std::string type;       // quoted, with its schema
  std::string base_name;  // pg_type.typname, such as "int8"
  std::string declared;   // by format_type, such as "numeric(12,3)"
  char category = 'U';    // pg_type.typcategory
  char kind = 'b';        // pg_type.typtype
  int32_t modifier = -1;  // pg_attribute.atttypmod; -1: none
  bool not_null = false;
  bool has_default = false;   // or is an identity
  bool is_generated = false;  // GENERATED ALWAYS: it takes no values
  std::string collation;      // quoted; "": the database's, or none
  std::string needed_grant;   // the GRANT that the role needs to use the type; "": none
};

struct Table {
  std::string name;  // quoted
  std::vector<TableColumn> columns;
  std::string why_insert;  // why COPY is refused or would not do the same as INSERT; "": it does
  std::string version;     // differs after each change of the columns
};

}  // namespace timescale_sink
