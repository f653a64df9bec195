// Whether the corpus has of each function, operator and set function of the catalogue at least
// three queries: with a NULL, with an edge (its rows are full of them), and with an error.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace sql {

class Coverage {
 public:
  Coverage();
  void note(std::string_view query, bool has_null, bool has_error);
  // What lacks queries, a line each; empty: nothing.
  std::string missing() const;

 private:
  struct Uses {
    size_t queries = 0;
    bool with_null = false, with_error = false;
  };
  std::map<std::string, Uses, std::less<>> functions_, operators_;
};

}  // namespace sql
