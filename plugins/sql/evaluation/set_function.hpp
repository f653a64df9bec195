// Functions in FROM, which make rows of one.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "evaluation/kernel.hpp"
#include "values/json.hpp"

namespace sql {

// One call after the other.
class SetCall {
 public:
  virtual ~SetCall() = default;
  // With the arguments of a row, none of which is NULL.
  virtual void start(Run& run, Arguments arguments, size_t row) = 0;
  // The next of its rows, into `columns` at `at`. False: there are no more, or it has failed.
  virtual bool next(Run& run, std::span<Vector* const> columns, size_t at) = 0;
  // What the last row was made of, in the JSON value that is the first argument; null: of no value
  // that would give the same row if it were alone.
  virtual const JsonNode* element() const { return nullptr; }
};

struct SetFunction {
  std::string_view name;
  std::vector<Type> arguments;
  struct Column {
    std::string_view name;  // empty: that of the function
    Type type;
  };
  std::vector<Column> columns;
  std::unique_ptr<SetCall> (*make)();
  // As Routine::check.
  void (*check)(Run& run, Arguments constants) = nullptr;
};

const std::vector<SetFunction>& set_functions();

}  // namespace sql
