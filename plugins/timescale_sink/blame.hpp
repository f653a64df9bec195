// Whose fault an error of the server is, by its SQLSTATE (PostgreSQL, Appendix A).
#pragma once

#include <string>

namespace timescale_sink {

enum class Blame {
  kServer,   // or the connection: the same batch may pass later
  kRows,     // by its class
  kTable,    // found before anything was sent
  kUnknown,  // a row's, if the same statement succeeds without it; else the table's
};

Blame blame_of(const std::string& state);

// The same question in SQL, for kServer; `state` is an expression.
std::string blames_server_sql(const std::string& state);

}  // namespace timescale_sink
