// Queries by chance, of all that the catalogue has.
#pragma once

#include <map>
#include <random>
#include <string>
#include <vector>

#include "query/query.hpp"
#include "regexp_texts.hpp"

namespace sql {

class Generator {
 public:
  Generator(const std::vector<ColumnName>& columns, uint64_t seed);
  std::string query();
  // How often each entry of the catalogue was used.
  const std::map<std::string, size_t>& used() const { return used_; }

 private:
  std::string expression(Type type, int depth);
  std::string more_from();
  std::string named_expressions();
  std::string leaf(Type type);
  std::string call(const Routine& routine, bool is_operator, int depth);
  std::string argument(Type type, int depth);
  std::string regexp_call(const Routine& routine, bool is_operator);
  size_t below(size_t count) {
    return std::uniform_int_distribution<size_t>(0, count - 1)(random_);
  }
  Type any_type();

  struct Entry {
    const Routine* routine;
    enum Kind { kOperator, kFunction, kCast } kind;
  };
  std::vector<ColumnName> columns_;
  const size_t input_columns_ = columns_.size();
  std::mt19937_64 random_;
  RegexpTexts regexps_{random_};
  std::map<Base, std::vector<Entry>> entries_;  // by the type of the result
  std::vector<Entry> regexp_routines_;
  std::map<std::string, size_t> used_;
};

}  // namespace sql
