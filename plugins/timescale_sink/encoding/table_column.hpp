// A column of the table, as the server describes it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace timescale_sink {

struct TableColumn {
  std::string name;
  uint32_t oid = 0;       // of its type; of a domain of the type below it
  std::string type;       // quoted, with its schema
  std::string base_name;  // the same as pg_type.typname has it: "int8"
  std::string declared;   // as people know it, with what it declares: "numeric(12,3)"
  char category = 'U';    // pg_type.typcategory
  char kind = 'b';        // pg_type.typtype
  int32_t modifier = -1;  // what it declares (pg_attribute.atttypmod); -1: nothing
  bool not_null = false;
  bool has_default = false;   // or is an identity
  bool is_generated = false;  // always: it takes no values
  std::string collation;      // quoted; "": the database's, or none
  std::string needed_grant;   // without which the role cannot name the type; "": it can
};

struct Table {
  std::string name;  // quoted
  std::vector<TableColumn> columns;
  std::string why_insert;  // COPY is refused, or does something else; "": it is not
  std::string version;     // another after each change of its columns
};

}  // namespace timescale_sink
