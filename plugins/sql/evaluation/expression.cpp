#include "evaluation/expression.hpp"

#include <algorithm>

#include "evaluation/compound.hpp"

namespace sql {
namespace {

class Column : public Expression {
 public:
  Column(Type type, size_t level, size_t column)
      : Expression(type), level_(level), column_(column) {}
  const Vector& evaluate(Frame& frame, const Rows&) override {
    return frame.levels[level_].columns[column_].vector();
  }
  void fold(ExpressionPointer&, Run&) override {}
  size_t depth() const override { return level_; }
  std::string describe(PlanNotes& notes) const override { return notes.columns[level_][column_]; }

 private:
  const size_t level_, column_;
};

// Failures of one row become those of another.
void take_over(const Failures& from, size_t row, Run& run, size_t to) {
  const Failure& failure = from.of(row);
  run.failures().add(to, failure.state, failure.message);
}

class Inherited : public Expression {
 public:
  Inherited(Expression& of, size_t level, size_t depth)
      : Expression(of.type()), of_(of), level_(level), depth_(depth), memory_(of.type()) {}

  const Vector& evaluate(Frame& frame, const Rows& rows) override {
    const std::vector<uint32_t>& ancestors = frame.levels[depth_].ancestors[level_];
    needed_.clear();
    rows.for_each([&](size_t row) {
      if (needed_.empty() || needed_.back() != ancestors[row]) needed_.push_back(ancestors[row]);
    });
    Failures failures;
    failures.start(frame.levels[level_].rows);
    Failures& own = frame.run.failures();
    frame.run.set_failures(failures);
    Frame above{frame.run, frame.levels, level_};
    const Vector& values = of_.evaluate(above, Rows(needed_));
    frame.run.set_failures(own);
    Vector& out = memory_.vector();
    const size_t bytes = size_of(type());
    rows.for_each([&](size_t row) {
      copy_value(values, ancestors[row], out, row, bytes);
      if (failures.any() && failures.has(ancestors[row]))
        take_over(failures, ancestors[row], frame.run, row);
    });
    return out;
  }
  void fold(ExpressionPointer&, Run&) override {}
  size_t depth() const override { return depth_; }
  std::string describe(PlanNotes& notes) const override { return of_.describe(notes); }

 private:
  Expression& of_;
  const size_t level_, depth_;
  std::vector<uint32_t> needed_;
  VectorMemory memory_;
};

class Reference : public Expression {
 public:
  Reference(Expression& of, size_t level) : Expression(of.type()), of_(of), level_(level) {}
  const Vector& evaluate(Frame& frame, const Rows& rows) override {
    return of_.evaluate(frame, rows);
  }
  void fold(ExpressionPointer&, Run&) override {}
  size_t depth() const override { return level_; }
  std::string describe(PlanNotes& notes) const override { return of_.describe(notes); }

 private:
  Expression& of_;
  const size_t level_;
};

class Kept : public Expression {
 public:
  Kept(ExpressionPointer of, size_t level, std::string name)
      : Expression(of->type()),
        of_(std::move(of)),
        level_(level),
        name_(std::move(name)),
        memory_(type()) {}

  const Vector& evaluate(Frame& frame, const Rows& rows) override {
    const Level& level = frame.levels[level_];
    if (piece_ != level.piece) {
      piece_ = level.piece;
      known_.assign(level.rows, 0);
      failures_.start(level.rows);
    }
    missing_.clear();
    rows.for_each([&](size_t row) {
      if (!known_[row]) missing_.push_back(static_cast<uint32_t>(row));
    });
    if (!missing_.empty()) compute(frame);
    if (failures_.any()) {
      rows.for_each([&](size_t row) {
        if (failures_.has(row)) take_over(failures_, row, frame.run, row);
      });
    }
    return memory_.vector();
  }
  void fold(ExpressionPointer&, Run& run) override { of_->fold(of_, run); }
  size_t depth() const override { return level_; }
  std::string describe(PlanNotes& notes) const override {
    if (name_.empty()) return of_->describe(notes);
    const auto is_this = [&](const auto& kept) { return kept.second == of_.get(); };
    if (std::none_of(notes.kept.begin(), notes.kept.end(), is_this))
      notes.kept.emplace_back(name_, of_.get());
    return name_;
  }

 private:
  void compute(Frame& frame) {
    Failures& own = frame.run.failures();
    frame.run.set_failures(failures_);
    const Vector& values = of_->evaluate(frame, Rows(missing_));
    frame.run.set_failures(own);
    const size_t bytes = size_of(type());
    for (const uint32_t row : missing_) {
      copy_value(values, row, memory_.vector(), row, bytes);
      known_[row] = 1;
    }
  }

  ExpressionPointer of_;
  const size_t level_;
  const std::string name_;
  uint64_t piece_ = 0;
  std::vector<uint8_t> known_;
  std::vector<uint32_t> missing_;
  Failures failures_;
  VectorMemory memory_;
};

class Call : public Compound {
 public:
  Call(const Routine& routine, Type result, std::vector<ExpressionPointer> arguments, int location)
      : Compound(result, std::move(arguments)),
        kernel_(routine.kernel),
        is_strict_(routine.is_strict),
        is_stable_(routine.is_stable),
        is_commuted_(routine.is_commuted),
        check_(routine.check),
        name_(routine.name) {
    set_location(location);
    vectors_.resize(arguments_.size());
  }
  const Vector& evaluate(Frame& frame, const Rows& rows) override {
    const size_t count = arguments_.size();
    for (size_t i = 0; i < count; ++i) {
      const size_t which = is_commuted_ ? count - 1 - i : i;
      vectors_[which] = &arguments_[which]->evaluate(frame, rows);
    }
    kernel_(frame.run, rows, vectors_, memory_.vector());
    return memory_.vector();
  }
  // Of NULL it is NULL, whatever the other arguments would come to (evaluate_function of
  // clauses.c).
  void fold(ExpressionPointer& self, Run& run) override {
    bool has_null = false;
    for (auto& argument : arguments_) {
      argument->fold(argument, run);
      has_null = has_null || (argument->is_constant() && constant_of(*argument).is_null(0));
    }
    if (is_strict_ && has_null) {
      self = make_constant(type(), nullptr);
      return;
    }
    if (check_ != nullptr) check_constants(run);
    if (!is_stable_) fold_whole(self, run);
  }
  std::string describe(PlanNotes& notes) const override { return describe_as(name_, notes); }

 private:
  void check_constants(Run& run) {
    for (size_t i = 0; i < arguments_.size(); ++i)
      vectors_[i] = arguments_[i]->is_constant() ? &constant_of(*arguments_[i]) : nullptr;
    Arena arena;
    run_once(run, arena, [&](Run& once) { check_(once, vectors_); });
  }

  const Kernel kernel_;
  const bool is_strict_, is_stable_, is_commuted_;
  void (*const check_)(Run&, Arguments);
  const std::string_view name_;
  std::vector<const Vector*> vectors_;
};

}  // namespace

ExpressionPointer make_constant(Type type, const void* value) {
  return std::make_unique<Constant>(type, value);
}

ExpressionPointer make_text_constant(Type type, std::string_view text) {
  auto constant = std::make_unique<Constant>(type, &text);
  constant->vector().of<Text>()[0] = constant->arena().copy(text);
  return constant;
}

const Vector& constant_of(Expression& constant) {
  Arena arena;
  Run run(arena);
  Frame frame{run, {}, 0};
  return constant.evaluate(frame, Rows(1));
}

ExpressionPointer make_column(Type type, size_t level, size_t column) {
  return std::make_unique<Column>(type, level, column);
}
ExpressionPointer make_inherited(Expression& of, size_t level, size_t depth) {
  if (level == depth) return std::make_unique<Reference>(of, level);
  return std::make_unique<Inherited>(of, level, depth);
}
ExpressionPointer make_kept(ExpressionPointer of, size_t level, std::string name) {
  return std::make_unique<Kept>(std::move(of), level, std::move(name));
}

ExpressionPointer make_call(const Routine& routine, Type result,
                            std::vector<ExpressionPointer> arguments, int location) {
  return std::make_unique<Call>(routine, result, std::move(arguments), location);
}

}  // namespace sql
