#include "evaluation/compound.hpp"

#include "analysis/query_error.hpp"

namespace sql {
namespace {

class FoldedConstant : public Expression {
 public:
  FoldedConstant(std::unique_ptr<Constant> value, std::vector<ExpressionPointer> sources)
      : Expression(value->type()), value_(std::move(value)), sources_(std::move(sources)) {}
  const Vector& evaluate(Frame&, const Rows&) override { return value_->vector(); }
  void fold(ExpressionPointer&, Run&) override {}
  bool is_constant() const override { return true; }
  size_t depth() const override { return 0; }
  std::string describe(PlanNotes& notes) const override {
    return notes.folded.emplace_back(value_->describe(notes));
  }

 private:
  std::unique_ptr<Constant> value_;
  std::vector<ExpressionPointer> sources_;
};

}  // namespace

ExpressionPointer Compound::computed(Run& run) {
  auto constant = std::make_unique<Constant>(type(), nullptr);
  Vector& to = const_cast<Vector&>(constant->vector());
  run_once(run, constant->arena(), [&](Run& once) {
    Level level;
    level.rows = 1;
    Frame frame{once, {&level, 1}, 0};
    copy_value(evaluate(frame, Rows(1)), 0, to, 0, size_of(type()));
  });
  to.may_be_null = to.nulls[0] != 0;
  // What it points at may be an argument's, which goes with this.
  return std::make_unique<FoldedConstant>(std::move(constant), std::move(arguments_));
}

void Compound::run_once(Run& run, Arena& arena, const std::function<void(Run&)>& what) {
  Failures failures;
  failures.start(1);
  Run once(arena, &run.json_reader());
  once.set_regexps(run.regexps());
  once.set_failures(failures);
  what(once);
  if (failures.any()) throw QueryError(failures.of(0).state, failures.of(0).message, location_);
}

}  // namespace sql
