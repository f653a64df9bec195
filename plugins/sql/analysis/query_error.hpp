// Why a query is refused.
#pragma once

#include <stdexcept>
#include <string>

namespace sql {

// What PostgreSQL would say. Thrown while a query is compiled, and caught there.
struct QueryError : std::runtime_error {
  QueryError(std::string sqlstate, const std::string& message, int at, std::string what_to_do = "")
      : std::runtime_error(message),
        state(std::move(sqlstate)),
        hint(std::move(what_to_do)),
        location(at) {}

  std::string state;  // SQLSTATE
  std::string hint;
  int location;  // bytes into the query; -1: not known
};

}  // namespace sql
