// Whether the corpus has of each function, operator, set function and cast of the catalogue at
// least three queries: with a NULL, with an edge (its rows are full of them), and with an error.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "query/query.hpp"

namespace sql {

class Coverage {
 public:
  // `columns` are the input's, by which casts are known: column::type.
  explicit Coverage(const std::vector<ColumnName>& columns);
  void note(std::string_view query, bool has_null, bool has_error);
  // What lacks queries, a line each; empty: nothing.
  std::string missing() const;

 private:
  struct Uses {
    size_t queries = 0;
    bool with_null = false, with_error = false;
  };
  using AllUses = std::map<std::string, Uses, std::less<>>;

  static std::string cast_name(Type from, Type to);
  std::set<std::string> casts_in(std::string_view query) const;

  std::map<std::string, Type, std::less<>> columns_;
  AllUses functions_, operators_, casts_;
};

}  // namespace sql
