// What expressions are made of that have arguments.
#pragma once

#include <algorithm>
#include <cstring>

#include "evaluation/expression.hpp"

namespace sql {

inline void copy_value(const Vector& from, size_t row, Vector& to, size_t at, size_t bytes) {
  to.nulls[at] = from.is_null(row);
  if (to.nulls[at]) return;
  std::memcpy(static_cast<char*>(to.values) + at * bytes,
              static_cast<const char*>(from.values) + from.at(row) * bytes, bytes);
}

// Compares a row of booleans with what is wanted: 0 false, 1 true, 2 NULL.
inline int truth(const Vector& vector, size_t row) {
  return vector.is_null(row) ? 2 : vector.of<bool>()[vector.at(row)];
}

class Constant : public Expression {
 public:
  Constant(Type type, const void* value) : Expression(type), memory_(type, 1) {
    Vector& vector = memory_.vector();
    vector.is_constant = true;
    vector.may_be_null = value == nullptr;
    vector.nulls[0] = value == nullptr;
    if (value) std::memcpy(vector.values, value, size_of(type));
    else std::memset(vector.values, 0, size_of(type));
  }
  const Vector& evaluate(Frame&, const Rows&) override { return memory_.vector(); }
  void fold(ExpressionPointer&, Run&) override {}
  bool is_constant() const override { return true; }
  size_t depth() const override { return 0; }
  std::string describe(PlanNotes&) const override { return describe_value(memory_.vector(), 0); }
  const Vector& vector() { return memory_.vector(); }
  // What the value points at.
  Arena& arena() { return arena_; }

 private:
  Arena arena_;
  VectorMemory memory_;
};

// What has arguments.
class Compound : public Expression {
 public:
  Compound(Type type, std::vector<ExpressionPointer> arguments)
      : Expression(type), arguments_(std::move(arguments)), memory_(type) {}
  size_t depth() const override {
    size_t deepest = 0;
    for (const auto& argument : arguments_) deepest = std::max(deepest, argument->depth());
    return deepest;
  }
  // All arguments first, then, if they are constant, the whole.
  void fold(ExpressionPointer& self, Run& run) override {
    for (auto& argument : arguments_) argument->fold(argument, run);
    fold_whole(self, run);
  }

 protected:
  std::vector<std::string> describe_arguments(PlanNotes& notes) const {
    std::vector<std::string> described;
    described.reserve(arguments_.size());
    for (const auto& argument : arguments_) described.push_back(argument->describe(notes));
    return described;
  }
  std::string describe_as(std::string_view name, PlanNotes& notes) const {
    const std::vector<std::string> arguments = describe_arguments(notes);
    return name == "cast" ? arguments[0] + "::" + name_of(type()) : describe_call(name, arguments);
  }
  bool has_constants_only() const {
    for (const auto& argument : arguments_) {
      if (!argument->is_constant()) return false;
    }
    return true;
  }
  void fold_whole(ExpressionPointer& self, Run& run) {
    if (has_constants_only()) self = computed(run);
  }
  ExpressionPointer computed(Run& run);
  // While the query is compiled; a failure is one of the query.
  void run_once(Run& run, Arena& arena, const std::function<void(Run&)>& what);
  void set_location(int location) { location_ = location; }
  const Vector& empty_result() {
    memory_.vector().is_constant = false;
    memory_.vector().may_be_null = true;
    return memory_.vector();
  }

  std::vector<ExpressionPointer> arguments_;
  VectorMemory memory_;

 private:
  int location_ = -1;
};

}  // namespace sql
