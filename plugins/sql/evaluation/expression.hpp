// An expression over the rows of a piece, ready to be evaluated.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "catalogue/catalogue.hpp"
#include "evaluation/plan.hpp"
#include "evaluation/run.hpp"
#include "evaluation/vector.hpp"

namespace sql {

// What a function in FROM made a row of: an element of its first argument, if that is a JSON value
// that has such a one.
struct Origin {
  const JsonNode* argument = nullptr;
  const JsonNode* element = nullptr;
  uint32_t number = 0;  // among the rows that were made of the same row
};

// The rows that one FROM item has made of those of the item before it.
struct Level {
  size_t rows = 0;
  // Of each row, the row of every level before this one that it was made of.
  std::vector<std::vector<uint32_t>> ancestors;
  std::vector<VectorMemory> columns;
  std::vector<Origin> origins;  // where they are needed
  // Counts pieces, so that what is kept of one is not taken for the next one's.
  uint64_t piece = 0;
};

struct Frame {
  Run& run;
  std::span<Level> levels;
  size_t depth;  // whose rows are evaluated

  Level& level() const { return levels[depth]; }
};

class Expression;
using ExpressionPointer = std::unique_ptr<Expression>;

class Expression {
 public:
  explicit Expression(Type type) : type_(type) {}
  virtual ~Expression() = default;
  Expression(const Expression&) = delete;

  Type type() const { return type_; }
  // The values of these rows; of a row that fails, anything. Valid until it is evaluated again.
  virtual const Vector& evaluate(Frame& frame, const Rows& rows) = 0;
  // What is constant in it is computed once and for all. Throws QueryError where that fails, as
  // PostgreSQL does before it has seen a row.
  virtual void fold(ExpressionPointer& self, Run& run) = 0;
  virtual bool is_constant() const { return false; }
  // The deepest level whose rows it needs.
  virtual size_t depth() const = 0;
  virtual std::string describe(PlanNotes& notes) const = 0;

 private:
  const Type type_;
};

// Null: NULL.
ExpressionPointer make_constant(Type type, const void* value);
ExpressionPointer make_text_constant(Type type, std::string_view text);
const Vector& constant_of(Expression& constant);

// A column that its level has.
ExpressionPointer make_column(Type type, size_t level, size_t column);
// What `of`, an expression over a level, is for each row of that level or of a deeper one. `of`
// outlives it.
ExpressionPointer make_inherited(Expression& of, size_t level, size_t depth);
// Evaluates `of` once for a row of a piece, however often it is asked. `name`: what the query calls
// it, if it does.
ExpressionPointer make_kept(ExpressionPointer of, size_t level, std::string name = "");

ExpressionPointer make_call(const Routine& routine, Type result,
                            std::vector<ExpressionPointer> arguments, int location);
ExpressionPointer make_and(std::vector<ExpressionPointer> arguments);
ExpressionPointer make_or(std::vector<ExpressionPointer> arguments);
enum class Test { kNull, kNotNull, kTrue, kNotTrue, kFalse, kNotFalse };
ExpressionPointer make_test(Test test, ExpressionPointer of);

struct When {
  ExpressionPointer condition, result;
};
// Without `otherwise` NULL.
ExpressionPointer make_case(Type type, std::vector<When> whens, ExpressionPointer otherwise);
ExpressionPointer make_coalesce(Type type, std::vector<ExpressionPointer> arguments);
// The argument that is greater than the others by `is_greater` (or less, by `<`).
ExpressionPointer make_extreme(Type type, const Routine& is_more,
                               std::vector<ExpressionPointer> arguments);
// NULL where `equal` holds of both.
ExpressionPointer make_nullif(Type type, const Routine& equal, ExpressionPointer one,
                              ExpressionPointer other);
// IS [NOT] DISTINCT FROM.
ExpressionPointer make_distinct(const Routine& equal, bool wanted, ExpressionPointer one,
                                ExpressionPointer other);

}  // namespace sql
