#include "evaluation/array_expressions.hpp"

#include <array>

#include "evaluation/compound.hpp"
#include "values/array.hpp"

namespace sql {
namespace {

const ArrayBody& array_at(const Vector& vector, size_t row) {
  return *vector.of<Array>()[vector.at(row)].body;
}

Vector elements_of(const ArrayBody& array) {
  Vector vector;
  vector.type = array.element;
  vector.values = const_cast<void*>(array.values);
  vector.nulls = const_cast<uint8_t*>(array.nulls);
  vector.may_be_null = array.nulls != nullptr;
  return vector;
}

// What the elements of one row fail with is the row's to tell or to leave.
class ElementCalls : public Compound {
 public:
  using Compound::Compound;

 protected:
  void call(Frame& frame, size_t row, Kernel kernel, size_t count, Arguments arguments,
            Vector& out) {
    Run& run = frame.run;
    Failures& own = run.failures();
    failures_.start(count);
    run.set_failures(failures_);
    kernel(run, Rows(count), arguments, out);
    run.set_failures(own);
    run.set_row(row);
  }
  bool has_failed(size_t element) const { return failures_.any() && failures_.has(element); }
  void tell(Run& run, size_t row, size_t element) const {
    const Failure& failure = failures_.of(element);
    run.failures().add(row, failure.state, failure.message);
  }

 private:
  Failures failures_;
};

class OverElements : public ElementCalls {
 public:
  OverElements(const Routine& of_element, Type result, std::vector<ExpressionPointer> arguments)
      : ElementCalls(result, std::move(arguments)),
        kernel_(of_element.kernel),
        is_stable_(of_element.is_stable),
        name_(of_element.name) {
    vectors_.resize(arguments_.size());
  }
  const Vector& evaluate(Frame& frame, const Rows& rows) override {
    for (size_t i = 0; i < arguments_.size(); ++i)
      vectors_[i] = &arguments_[i]->evaluate(frame, rows);
    const Vector& arrays = *vectors_[0];
    Vector& out = const_cast<Vector&>(empty_result());
    rows.for_each([&](size_t row) {
      out.nulls[row] = arrays.is_null(row);
      if (!out.nulls[row]) out.of<Array>()[row] = converted(frame, row, array_at(arrays, row));
    });
    return out;
  }
  void fold(ExpressionPointer& self, Run& run) override {
    for (auto& argument : arguments_) argument->fold(argument, run);
    if (!is_stable_) fold_whole(self, run);
  }
  std::string describe(PlanNotes& notes) const override { return describe_as(name_, notes); }

 private:
  Array converted(Frame& frame, size_t row, const ArrayBody& array) {
    const auto count = static_cast<size_t>(array.size);
    Arena& arena = frame.run.arena();
    const Vector elements = elements_of(array);
    vectors_[0] = &elements;
    Vector results;
    results.type = type().element();
    results.values = arena.allocate(count * size_of(results.type));
    results.nulls = reinterpret_cast<uint8_t*>(arena.allocate(count));
    call(frame, row, kernel_, count, vectors_, results);
    for (size_t i = 0; i < count; ++i) {
      if (!has_failed(i)) continue;
      tell(frame.run, row, i);
      break;
    }
    auto* const body = arena.allocate_array<ArrayBody>(1);
    *body = array;
    body->element = results.type.base;
    body->values = results.values;
    const bool has_nulls =
        results.may_be_null && std::count(results.nulls, results.nulls + count, 1);
    body->nulls = has_nulls ? results.nulls : nullptr;
    return {body};
  }

  const Kernel kernel_;
  const bool is_stable_;
  const std::string_view name_;
  std::vector<const Vector*> vectors_;
};

// ExecEvalScalarArrayOp of execExprInterp.c: elements behind the one that decides are not looked
// at.
class AnyOrAll : public ElementCalls {
 public:
  AnyOrAll(const Routine& comparison, bool is_any, std::vector<ExpressionPointer> arguments)
      : ElementCalls(Base::kBoolean, std::move(arguments)),
        kernel_(comparison.kernel),
        is_strict_(comparison.is_strict),
        is_stable_(comparison.is_stable),
        is_any_(is_any),
        name_(comparison.name) {}
  const Vector& evaluate(Frame& frame, const Rows& rows) override {
    const Vector& scalars = arguments_[0]->evaluate(frame, rows);
    const Vector& arrays = arguments_[1]->evaluate(frame, rows);
    Vector& out = const_cast<Vector&>(empty_result());
    rows.for_each([&](size_t row) {
      out.nulls[row] = arrays.is_null(row);
      if (out.nulls[row]) return;
      const ArrayBody& array = array_at(arrays, row);
      out.of<bool>()[row] = !is_any_;
      if (array.size == 0) return;
      if (is_strict_ && scalars.is_null(row)) out.nulls[row] = 1;
      else compare_all(frame, row, scalars, array, out);
    });
    return out;
  }
  void fold(ExpressionPointer& self, Run& run) override {
    for (auto& argument : arguments_) argument->fold(argument, run);
    if (!is_stable_) fold_whole(self, run);
  }
  std::string describe(PlanNotes& notes) const override {
    const std::string one = arguments_[0]->describe(notes);
    const std::string all = arguments_[1]->describe(notes);
    return describe_call(name_, {one, (is_any_ ? "ANY (" : "ALL (") + all + ")"});
  }

 private:
  void compare_all(Frame& frame, size_t row, const Vector& scalars, const ArrayBody& array,
                   Vector& out) {
    const auto count = static_cast<size_t>(array.size);
    uint8_t is_null = scalars.is_null(row);
    Vector scalar = scalars;
    scalar.values = const_cast<void*>(scalars.value(row));
    scalar.nulls = &is_null;
    scalar.is_constant = true;
    const Vector elements = elements_of(array);
    const std::array<const Vector*, 2> both{&scalar, &elements};
    holds_.resize(std::max(holds_.size(), count));
    nulls_.resize(holds_.size());
    Vector holds;
    holds.type = Base::kBoolean;
    holds.values = holds_.data();
    holds.nulls = nulls_.data();
    call(frame, row, kernel_, count, both, holds);
    for (size_t i = 0; i < count; ++i) {
      if (has_failed(i)) return tell(frame.run, row, i);
      const int found = truth(holds, i);
      if (found == 2) {
        out.nulls[row] = 1;
      } else if (found == is_any_) {
        out.of<bool>()[row] = is_any_;
        out.nulls[row] = 0;
        return;
      }
    }
  }

  const Kernel kernel_;
  const bool is_strict_, is_stable_, is_any_;
  const std::string_view name_;
  std::vector<uint8_t> holds_, nulls_;
};

void fail_dimensions(Run& run) {
  run.fail("2202E", "multidimensional arrays must have array expressions with matching dimensions");
}

bool has_shape_of(const ArrayBody& one, const ArrayBody& other) {
  if (one.dimensions != other.dimensions) return false;
  return std::equal(one.lengths, one.lengths + one.dimensions, other.lengths) &&
         std::equal(one.lower_bounds, one.lower_bounds + one.dimensions, other.lower_bounds);
}

// ExecEvalArrayExpr.
std::optional<Array> array_of_arrays(Run& run, Base element, Arguments items, size_t row) {
  const ArrayBody* first = nullptr;
  bool has_empty = false;
  int64_t size = 0;
  for (const Vector* item : items) {
    if (item->is_null(row) || array_at(*item, row).dimensions == 0) {
      has_empty = true;
      continue;
    }
    const ArrayBody& array = array_at(*item, row);
    if (first == nullptr) {
      first = &array;
      if (array.dimensions == ArrayBody::kMostDimensions) {
        run.fail("54000", "number of array dimensions (7) exceeds the maximum allowed (6)");
        return std::nullopt;
      }
    } else if (!has_shape_of(*first, array)) {
      fail_dimensions(run);
      return std::nullopt;
    }
    size += array.size;
  }
  if (first == nullptr) return make_empty_array(run, element);
  if (has_empty) {
    fail_dimensions(run);
    return std::nullopt;
  }
  ArrayMaker maker(run, element, size);
  for (const Vector* item : items) {
    const ArrayBody& array = array_at(*item, row);
    maker.add_all(array, 0, array.size);
  }
  ArrayBody shape = *first;
  std::copy_n(first->lengths, first->dimensions, shape.lengths + 1);
  std::copy_n(first->lower_bounds, first->dimensions, shape.lower_bounds + 1);
  ++shape.dimensions;
  shape.lengths[0] = static_cast<int32_t>(items.size());
  shape.lower_bounds[0] = 1;
  return maker.finish_as(shape);
}

void build_sql_array(Run& run, const Rows& rows, Arguments items, Vector& out) {
  const Base element = out.type.base;
  const bool is_of_arrays = !items.empty() && items[0]->type.is_array;
  out.is_constant = false;
  out.may_be_null = true;
  rows.for_each([&](size_t row) {
    out.nulls[row] = 0;
    if (is_of_arrays) {
      run.set_row(row);
      const auto made = array_of_arrays(run, element, items, row);
      out.nulls[row] = run.take_failed() || !made;
      if (made) out.of<Array>()[row] = *made;
      return;
    }
    ArrayMaker maker(run, element, static_cast<int64_t>(items.size()));
    for (const Vector* item : items)
      maker.add({element, item->is_null(row) ? nullptr : item->value(row)});
    out.of<Array>()[row] = maker.finish();
  });
}

// Null: there is no such element, or a subscript is NULL (array_get_element).
const void* element_by(const ArrayBody& array, Arguments subscripts, size_t row) {
  if (static_cast<size_t>(array.dimensions) != subscripts.size()) return nullptr;
  int64_t place = 0;
  for (size_t i = 0; i < subscripts.size(); ++i) {
    if (subscripts[i]->is_null(row)) return nullptr;
    const int64_t subscript = subscripts[i]->of<int32_t>()[subscripts[i]->at(row)];
    const int64_t at = subscript - array.lower_bounds[i];
    if (at < 0 || at >= array.lengths[i]) return nullptr;
    place = place * array.lengths[i] + at;
  }
  return get_element(array, static_cast<int32_t>(place)).value;
}

void take_element(Run&, const Rows& rows, Arguments arguments, Vector& out) {
  const size_t bytes = size_of(out.type);
  out.is_constant = false;
  out.may_be_null = true;
  rows.for_each([&](size_t row) {
    const void* const value = arguments[0]->is_null(row) ? nullptr
                                                         : element_by(array_at(*arguments[0], row),
                                                                      arguments.subspan(1), row);
    out.nulls[row] = value == nullptr;
    if (value) std::memcpy(static_cast<char*>(out.values) + row * bytes, value, bytes);
  });
}

}  // namespace

ExpressionPointer make_over_elements(const Routine& of_element, Type result,
                                     std::vector<ExpressionPointer> arguments) {
  return std::make_unique<OverElements>(of_element, result, std::move(arguments));
}

ExpressionPointer make_any_or_all(const Routine& comparison, bool is_any, ExpressionPointer scalar,
                                  ExpressionPointer array) {
  std::vector<ExpressionPointer> arguments;
  arguments.push_back(std::move(scalar));
  arguments.push_back(std::move(array));
  return std::make_unique<AnyOrAll>(comparison, is_any, std::move(arguments));
}

ExpressionPointer make_array(Type type, std::vector<ExpressionPointer> items) {
  static const Routine routine{"ARRAY", {}, {}, build_sql_array};
  return make_call(routine, type, std::move(items), -1);
}

ExpressionPointer make_subscript(std::vector<ExpressionPointer> array_and_subscripts) {
  static const Routine routine{"[]", {}, {}, take_element};
  const Type element = array_and_subscripts[0]->type().element();
  return make_call(routine, element, std::move(array_and_subscripts), -1);
}

}  // namespace sql
