// What stands in brackets behind a type: numeric(10,2), timestamp(3), varchar(20), and the fields
// of an interval.
#include "analysis/query_error.hpp"
#include "analysis/type_name.hpp"
#include "evaluation/array_expressions.hpp"
#include "values/intervals.hpp"
#include "values/numeric_math.hpp"
#include "values/times.hpp"
#include "values/utf8.hpp"

namespace sql {
namespace {

Numeric fit_numeric(Run& run, Numeric value, int32_t precision, int32_t scale) {
  return fit(run, value, precision, scale);
}
template <class T>
T fit_moment(Run& run, T moment, int32_t digits) {
  if (moment.us == kInfinity || moment.us == kMinusInfinity) return moment;
  const int64_t rounded = rounded_us(moment.us, digits).value_or(kInfinity);
  // PostgreSQL goes on with a time that there is not.
  if (!is_timestamp(rounded)) run.fail("22008", "timestamp out of range");
  return {rounded};
}
Interval fit_span(Run& run, Interval span, int32_t fields, int32_t digits) {
  return fit_interval(run, span, {fields}, digits);
}
Text fit_text(Text text, int32_t most) {
  return text.substr(0, offset_of_character(text, static_cast<size_t>(most)));
}
std::optional<Interval> read_span(Run& run, Text text, int32_t fields) {
  return read_interval(run, text, {fields});
}

template <auto function>
const Routine& limiting() {
  using Of = KernelOf<function>;
  static const Routine routine = [] {
    Routine made{"limit", Of::arguments(), Of::kResult, Of::kKernel};
    made.is_strict = true;
    return made;
  }();
  return routine;
}

Term called(const Routine& routine, Term term, std::initializer_list<int32_t> modifiers) {
  std::vector<ExpressionPointer> arguments;
  arguments.push_back(std::move(term.expression));
  for (const int32_t modifier : modifiers)
    arguments.push_back(make_constant(Base::kInteger, &modifier));
  const Type type = arguments[0]->type();
  return {type.is_array ? make_over_elements(routine, type, std::move(arguments))
                        : make_call(routine, routine.result, std::move(arguments), -1),
          term.location};
}

[[noreturn]] void fail_modifier(const TypeName& name, const std::string& message) {
  throw QueryError("22023", message, name.location);
}

void check_numeric(const TypeName& name) {
  constexpr int32_t kMostPrecision = 1000;  // NUMERIC_MAX_PRECISION
  const auto& modifiers = name.modifiers;
  if (modifiers.size() > 2) fail_modifier(name, "invalid NUMERIC type modifier");
  if (modifiers[0] < 1 || modifiers[0] > kMostPrecision) {
    fail_modifier(
        name, "NUMERIC precision " + std::to_string(modifiers[0]) + " must be between 1 and 1000");
  }
  if (modifiers.size() == 2 && (modifiers[1] < -kMostPrecision || modifiers[1] > kMostPrecision)) {
    fail_modifier(
        name, "NUMERIC scale " + std::to_string(modifiers[1]) + " must be between -1000 and 1000");
  }
}

void check_text(const TypeName& name) {
  constexpr int32_t kMostCharacters = 10'485'760;  // MaxAttrSize
  if (name.modifiers.size() > 1) fail_modifier(name, "invalid type modifier");
  if (name.modifiers[0] < 1) fail_modifier(name, "length for type varchar must be at least 1");
  if (name.modifiers[0] > kMostCharacters)
    fail_modifier(name, "length for type varchar cannot exceed 10485760");
}

// What is more is taken for the most that there is, with a warning.
void clip_digits(int32_t& digits) { digits = std::min(digits, kMostTimeDigits); }

}  // namespace

void TypeName::check() {
  const bool is_varchar = type.base == Base::kText && name != "text";
  switch (type.base) {
    case Base::kNumeric: return check_numeric(*this);
    case Base::kTimestamp:
    case Base::kTimestamptz: return clip_digits(modifiers[0]);
    case Base::kInterval:
      if (modifiers.size() == 1) modifiers.push_back(kMostTimeDigits);
      return clip_digits(modifiers[1]);
    default: break;
  }
  if (is_varchar) return check_text(*this);
  throw QueryError("42601", "type modifier is not allowed for type \"" + name + "\"", location);
}

Term TypeName::read(Term literal, Run& run) const {
  const bool has_fields = type == Type(Base::kInterval) && !modifiers.empty();
  if (!has_fields) return literal;
  const Vector& value = constant_of(*literal.expression);
  if (value.is_null(0)) return literal;
  Term text{make_text_constant(Base::kText, value.of<Text>()[0]), literal.location};
  Term result = called(limiting<read_span>(), std::move(text), {modifiers[0]});
  result.expression->fold(result.expression, run);
  return result;
}

Term TypeName::limited(Term term) const {
  if (modifiers.empty()) return term;
  switch (type.base) {
    case Base::kNumeric:
      return called(limiting<fit_numeric>(), std::move(term),
                    {modifiers[0], modifiers.size() > 1 ? modifiers[1] : 0});
    case Base::kTimestamp:
      return called(limiting<fit_moment<Timestamp>>(), std::move(term), {modifiers[0]});
    case Base::kTimestamptz:
      return called(limiting<fit_moment<Timestamptz>>(), std::move(term), {modifiers[0]});
    case Base::kInterval:
      return called(limiting<fit_span>(), std::move(term), {modifiers[0], modifiers[1]});
    case Base::kText: return called(limiting<fit_text>(), std::move(term), {modifiers[0]});
    default: return term;
  }
}

}  // namespace sql
