// Whose fault a server error is, by its SQLSTATE (PostgreSQL, Appendix A).
#pragma once

#include <string>

namespace timescale_sink {

enum class Blame {
  kServer,   // or the connection's: the same batch may succeed later
  kRows,     // by the SQLSTATE's class
  kTable,    // found before anything was sent
  kUnknown,  // a row's, if the statement succeeds without it; otherwise the table's
};

Blame blame_of(const std::string& state);

// The condition for kServer in SQL; `state` is an expression.
std::string blames_server_sql(const std::string& state);

}  // namespace timescale_sink
