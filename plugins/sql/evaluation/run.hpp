// What the evaluation of a batch has at hand: memory, and what has failed so far.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "values/arena.hpp"

namespace sql {

class JsonReader;
class RegexpCache;

// What PostgreSQL would say instead of a result.
struct Failure {
  char state[6] = {};  // SQLSTATE
  std::string message;
};

// The first failure of each row of a piece.
class Failures {
 public:
  void start(size_t rows) {
    which_.assign(rows, 0);
    failures_.clear();
  }
  bool any() const { return !failures_.empty(); }
  bool has(size_t row) const { return which_[row] != 0; }
  const Failure& of(size_t row) const { return failures_[which_[row] - 1]; }
  void add(size_t row, std::string_view state, std::string message);

 private:
  std::vector<uint32_t> which_;  // 1 + index; 0: none
  std::vector<Failure> failures_;
};

// Given to every function, with the row that it is called for.
class Run {
 public:
  explicit Run(Arena& arena, JsonReader* reader = nullptr) : arena_(&arena), reader_(reader) {}
  Arena& arena() { return *arena_; }
  void set_arena(Arena& arena) { arena_ = &arena; }
  JsonReader& json_reader() { return *reader_; }
  RegexpCache& regexps() { return *regexps_; }
  void set_regexps(RegexpCache& regexps) { regexps_ = &regexps; }
  // The result of the call is of no interest then.
  void fail(std::string_view state, std::string message) {
    has_failed_ = true;
    failures_->add(row_, state, std::move(message));
  }

  // For the loop around the calls.
  void set_failures(Failures& failures) { failures_ = &failures; }
  Failures& failures() { return *failures_; }
  void set_row(size_t row) { row_ = row; }
  bool take_failed() {
    const bool failed = has_failed_;
    has_failed_ = false;
    return failed;
  }

 private:
  Arena* arena_;
  JsonReader* reader_;
  RegexpCache* regexps_ = nullptr;
  Failures* failures_ = nullptr;
  size_t row_ = 0;
  bool has_failed_ = false;
};

}  // namespace sql
