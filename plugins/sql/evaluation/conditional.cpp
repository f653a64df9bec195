// AND, OR, CASE and the others that evaluate their arguments only where these matter, or that have
// their own way with NULL.
#include <array>

#include "evaluation/compound.hpp"

namespace sql {
namespace {

// AND, OR: from left to right, as long as a row is not decided.
template <bool decisive>
class Junction : public Compound {
 public:
  explicit Junction(std::vector<ExpressionPointer> arguments)
      : Compound(Base::kBoolean, std::move(arguments)) {}

  const Vector& evaluate(Frame& frame, const Rows& rows) override {
    Vector& out = const_cast<Vector&>(empty_result());
    bool* const values = out.of<bool>();
    rows.for_each([&](size_t row) {
      values[row] = !decisive;
      out.nulls[row] = 0;
    });
    undecided_.clear();
    for (size_t i = 0; i < arguments_.size(); ++i) {
      const Rows left = i == 0 ? rows : Rows(undecided_);
      const Vector& vector = arguments_[i]->evaluate(frame, left);
      next_.clear();
      left.for_each([&](size_t row) {
        const int found = truth(vector, row);
        if (found == decisive) {
          values[row] = decisive;
          out.nulls[row] = 0;
          return;
        }
        if (found == 2) out.nulls[row] = 1;
        if (!frame.run.failures().has(row)) next_.push_back(static_cast<uint32_t>(row));
      });
      std::swap(undecided_, next_);
    }
    return out;
  }
  void fold(ExpressionPointer& self, Run& run) override {
    std::vector<ExpressionPointer> kept;
    for (auto& argument : arguments_) {
      argument->fold(argument, run);
      const bool is_constant = argument->is_constant();
      const int found = is_constant ? truth(constant_of(*argument), 0) : 2;
      if (is_constant && found == !decisive) continue;
      kept.push_back(std::move(argument));
      if (is_constant && found == decisive) {
        self = std::move(kept.back());
        return;
      }
    }
    arguments_ = std::move(kept);
    const bool neutral = !decisive;
    if (arguments_.empty()) {
      self = make_constant(Base::kBoolean, &neutral);
      return;
    }
    fold_whole(self, run);
  }
  std::string describe(PlanNotes& notes) const override {
    return "(" + joined(describe_arguments(notes), decisive ? " OR " : " AND ") + ")";
  }

 private:
  std::vector<uint32_t> undecided_, next_;
};

class Tested : public Compound {
 public:
  Tested(Test test, std::vector<ExpressionPointer> of)
      : Compound(Base::kBoolean, std::move(of)), test_(test) {}
  const Vector& evaluate(Frame& frame, const Rows& rows) override {
    const Vector& of = arguments_[0]->evaluate(frame, rows);
    Vector& out = memory_.vector();
    out.may_be_null = false;
    rows.for_each([&](size_t row) { out.of<bool>()[row] = holds(of, row); });
    return out;
  }
  std::string describe(PlanNotes& notes) const override {
    static constexpr std::string_view kWords[]{" IS NULL",     " IS NOT NULL", " IS TRUE",
                                               " IS NOT TRUE", " IS FALSE",    " IS NOT FALSE"};
    return "(" + arguments_[0]->describe(notes) + std::string(kWords[static_cast<size_t>(test_)]) +
           ")";
  }

 private:
  bool holds(const Vector& of, size_t row) const {
    switch (test_) {
      case Test::kNull: return of.is_null(row);
      case Test::kNotNull: return !of.is_null(row);
      case Test::kTrue: return truth(of, row) == 1;
      case Test::kNotTrue: return truth(of, row) != 1;
      case Test::kFalse: return truth(of, row) == 0;
      case Test::kNotFalse: return truth(of, row) != 0;
    }
    return false;
  }
  const Test test_;
};

// Conditions and results in turn, and what is otherwise.
class Case : public Compound {
 public:
  using Compound::Compound;

  const Vector& evaluate(Frame& frame, const Rows& rows) override {
    Vector& out = const_cast<Vector&>(empty_result());
    rows.for_each([&](size_t row) { out.nulls[row] = 1; });
    left_.clear();
    bool is_first = true;
    for (size_t i = 0; i + 1 < arguments_.size(); i += 2) {
      const Rows left = is_first ? rows : Rows(left_);
      is_first = false;
      const Vector& condition = arguments_[i]->evaluate(frame, left);
      matched_.clear();
      next_.clear();
      left.for_each([&](size_t row) {
        if (frame.run.failures().has(row)) return;
        (truth(condition, row) == 1 ? matched_ : next_).push_back(static_cast<uint32_t>(row));
      });
      take(frame, *arguments_[i + 1], Rows(matched_), out);
      std::swap(left_, next_);
    }
    if (arguments_.size() % 2 == 1)
      take(frame, *arguments_.back(), is_first ? rows : Rows(left_), out);
    return out;
  }
  // A branch that constant conditions keep from being reached is left alone.
  void fold(ExpressionPointer& self, Run& run) override {
    std::vector<ExpressionPointer> kept;
    bool is_decided = false;
    for (size_t i = 0; i + 1 < arguments_.size() && !is_decided; i += 2) {
      arguments_[i]->fold(arguments_[i], run);
      if (arguments_[i]->is_constant()) {
        if (truth(constant_of(*arguments_[i]), 0) != 1) continue;
        is_decided = true;
      } else {
        kept.push_back(std::move(arguments_[i]));
      }
      arguments_[i + 1]->fold(arguments_[i + 1], run);
      kept.push_back(std::move(arguments_[i + 1]));
    }
    if (!is_decided && arguments_.size() % 2 == 1) {
      arguments_.back()->fold(arguments_.back(), run);
      kept.push_back(std::move(arguments_.back()));
    }
    if (kept.empty()) {
      self = make_constant(type(), nullptr);
    } else if (kept.size() == 1) {
      self = std::move(kept[0]);
    } else {
      arguments_ = std::move(kept);
    }
  }
  std::string describe(PlanNotes& notes) const override {
    const std::vector<std::string> parts = describe_arguments(notes);
    std::string text = "CASE";
    for (size_t i = 0; i + 1 < parts.size(); i += 2)
      text += " WHEN " + parts[i] + " THEN " + parts[i + 1];
    if (parts.size() % 2 == 1) text += " ELSE " + parts.back();
    return text + " END";
  }

 private:
  void take(Frame& frame, Expression& result, const Rows& rows, Vector& out) {
    if (rows.count() == 0) return;
    const Vector& values = result.evaluate(frame, rows);
    const size_t bytes = size_of(type());
    rows.for_each([&](size_t row) { copy_value(values, row, out, row, bytes); });
  }
  std::vector<uint32_t> left_, matched_, next_;
};

class Coalesce : public Compound {
 public:
  using Compound::Compound;
  const Vector& evaluate(Frame& frame, const Rows& rows) override {
    Vector& out = const_cast<Vector&>(empty_result());
    const size_t bytes = size_of(type());
    for (size_t i = 0; i < arguments_.size(); ++i) {
      const Rows left = i == 0 ? rows : Rows(left_);
      if (left.count() == 0) break;
      const Vector& values = arguments_[i]->evaluate(frame, left);
      next_.clear();
      left.for_each([&](size_t row) {
        copy_value(values, row, out, row, bytes);
        if (out.nulls[row] && !frame.run.failures().has(row))
          next_.push_back(static_cast<uint32_t>(row));
      });
      std::swap(left_, next_);
    }
    return out;
  }
  // What follows a constant is never reached.
  void fold(ExpressionPointer& self, Run& run) override {
    std::vector<ExpressionPointer> kept;
    for (auto& argument : arguments_) {
      argument->fold(argument, run);
      const bool is_constant = argument->is_constant();
      if (is_constant && constant_of(*argument).is_null(0)) continue;
      kept.push_back(std::move(argument));
      if (is_constant) break;
    }
    if (kept.empty()) self = make_constant(type(), nullptr);
    else if (kept.size() == 1) self = std::move(kept[0]);
    else arguments_ = std::move(kept);
  }
  std::string describe(PlanNotes& notes) const override { return describe_as("COALESCE", notes); }

 private:
  std::vector<uint32_t> left_, next_;
};

class Extreme : public Compound {
 public:
  Extreme(Type type, const Routine& is_more, std::vector<ExpressionPointer> arguments)
      : Compound(type, std::move(arguments)),
        is_more_(is_more.kernel),
        is_greatest_(is_more.name == ">"),
        order_(Base::kBoolean) {}
  const Vector& evaluate(Frame& frame, const Rows& rows) override {
    Vector& out = const_cast<Vector&>(empty_result());
    const size_t bytes = size_of(type());
    rows.for_each([&](size_t row) { out.nulls[row] = 1; });
    for (const auto& argument : arguments_) {
      const Vector& values = argument->evaluate(frame, rows);
      const std::array<const Vector*, 2> both{&values, &out};
      both_.clear();
      rows.for_each([&](size_t row) {
        if (values.is_null(row)) return;
        if (out.nulls[row]) copy_value(values, row, out, row, bytes);
        else both_.push_back(static_cast<uint32_t>(row));
      });
      Vector& order = order_.vector();
      is_more_(frame.run, Rows(both_), both, order);
      for (const uint32_t row : both_) {
        if (order.of<bool>()[row]) copy_value(values, row, out, row, bytes);
      }
    }
    return out;
  }
  std::string describe(PlanNotes& notes) const override {
    return describe_as(is_greatest_ ? "GREATEST" : "LEAST", notes);
  }

 private:
  const Kernel is_more_;
  const bool is_greatest_;
  VectorMemory order_;
  std::vector<uint32_t> both_;
};

// NULLIF and IS DISTINCT FROM: two values that may be NULL, and whether they are equal.
class Compared : public Compound {
 public:
  enum class Kind { kNullIf, kDistinct, kNotDistinct };
  Compared(Kind kind, Type type, const Routine& equal, std::vector<ExpressionPointer> arguments)
      : Compound(type, std::move(arguments)),
        kind_(kind),
        equal_(equal.kernel),
        equality_(Base::kBoolean) {}
  const Vector& evaluate(Frame& frame, const Rows& rows) override {
    const Vector& one = arguments_[0]->evaluate(frame, rows);
    const Vector& other = arguments_[1]->evaluate(frame, rows);
    const std::array<const Vector*, 2> both{&one, &other};
    Vector& equality = equality_.vector();
    equal_(frame.run, rows, both, equality);
    Vector& out = const_cast<Vector&>(empty_result());
    const size_t bytes = size_of(type());
    rows.for_each([&](size_t row) {
      const bool has_null = one.is_null(row) || other.is_null(row);
      const bool is_equal = !has_null && truth(equality, row) == 1;
      if (kind_ == Kind::kNullIf) {
        copy_value(one, row, out, row, bytes);
        if (is_equal) out.nulls[row] = 1;
        return;
      }
      const bool is_distinct = has_null ? one.is_null(row) != other.is_null(row) : !is_equal;
      out.of<bool>()[row] = is_distinct == (kind_ == Kind::kDistinct);
      out.nulls[row] = 0;
    });
    return out;
  }
  // NULL equals nothing (eval_const_expressions of clauses.c: T_NullIfExpr).
  void fold(ExpressionPointer& self, Run& run) override {
    bool has_null = false;
    for (auto& argument : arguments_) {
      argument->fold(argument, run);
      has_null = has_null || (argument->is_constant() && constant_of(*argument).is_null(0));
    }
    if (kind_ == Kind::kNullIf && has_null) self = std::move(arguments_[0]);
    else fold_whole(self, run);
  }
  std::string describe(PlanNotes& notes) const override {
    if (kind_ == Kind::kNullIf) return describe_as("NULLIF", notes);
    const bool is_distinct = kind_ == Kind::kDistinct;
    return "(" +
           joined(describe_arguments(notes),
                  is_distinct ? " IS DISTINCT FROM " : " IS NOT DISTINCT FROM ") +
           ")";
  }

 private:
  const Kind kind_;
  const Kernel equal_;
  VectorMemory equality_;
};

std::vector<ExpressionPointer> list_of(ExpressionPointer one, ExpressionPointer other = nullptr) {
  std::vector<ExpressionPointer> list;
  list.push_back(std::move(one));
  if (other) list.push_back(std::move(other));
  return list;
}

}  // namespace

ExpressionPointer make_and(std::vector<ExpressionPointer> arguments) {
  return std::make_unique<Junction<false>>(std::move(arguments));
}
ExpressionPointer make_or(std::vector<ExpressionPointer> arguments) {
  return std::make_unique<Junction<true>>(std::move(arguments));
}
ExpressionPointer make_test(Test test, ExpressionPointer of) {
  return std::make_unique<Tested>(test, list_of(std::move(of)));
}
ExpressionPointer make_case(Type type, std::vector<When> whens, ExpressionPointer otherwise) {
  std::vector<ExpressionPointer> arguments;
  for (When& when : whens) {
    arguments.push_back(std::move(when.condition));
    arguments.push_back(std::move(when.result));
  }
  if (otherwise) arguments.push_back(std::move(otherwise));
  return std::make_unique<Case>(type, std::move(arguments));
}
ExpressionPointer make_coalesce(Type type, std::vector<ExpressionPointer> arguments) {
  return std::make_unique<Coalesce>(type, std::move(arguments));
}
ExpressionPointer make_extreme(Type type, const Routine& is_more,
                               std::vector<ExpressionPointer> arguments) {
  return std::make_unique<Extreme>(type, is_more, std::move(arguments));
}
ExpressionPointer make_nullif(Type type, const Routine& equal, ExpressionPointer one,
                              ExpressionPointer other) {
  return std::make_unique<Compared>(Compared::Kind::kNullIf, type, equal,
                                    list_of(std::move(one), std::move(other)));
}
ExpressionPointer make_distinct(const Routine& equal, bool wanted, ExpressionPointer one,
                                ExpressionPointer other) {
  const auto kind = wanted ? Compared::Kind::kDistinct : Compared::Kind::kNotDistinct;
  return std::make_unique<Compared>(kind, Base::kBoolean, equal,
                                    list_of(std::move(one), std::move(other)));
}

}  // namespace sql