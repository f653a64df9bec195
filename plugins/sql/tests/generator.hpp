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
  // How often each entry of the catalogue was used; one that never was is there, too.
  const std::map<std::string, size_t>& used() const { return used_; }

 private:
  std::string expression(Type type, int depth);
  std::string more_from();
  std::string named_expressions();
  std::string set_call();
  std::string leaf(Type type);
  std::string call(const Routine& routine, bool is_operator, Type result, int depth);
  // Any type that stands for a polymorphic one; `element` is what the call has for the others.
  Type bound(Type type, Type element);
  std::string array_of(Type type, int depth);
  std::string any_or_all(int depth);
  std::string limited_cast(Type type, int depth);
  std::string formatted(int depth);
  std::string regexp_call(const Routine& routine);
  std::string regexp_arguments(std::string_view name, const std::vector<Type>& types);
  size_t below(size_t count) {
    return std::uniform_int_distribution<size_t>(0, count - 1)(random_);
  }
  Type any_type();
  Type any_element();

  struct Entry {
    const Routine* routine;
    enum Kind { kOperator, kFunction, kCast } kind;
  };
  std::vector<ColumnName> columns_;
  const size_t input_columns_ = columns_.size();
  std::mt19937_64 random_;
  RegexpTexts regexps_{random_};
  // By the type of the result.
  std::map<std::pair<Base, bool>, std::vector<Entry>> entries_;
  const std::vector<Entry>& entries_for(Type type);
  std::vector<Entry> regexp_routines_;
  std::vector<const SetFunction*> set_functions_;
  std::map<std::string, size_t> used_;
};

}  // namespace sql
