#include "analysis/type_name.hpp"

#include "analysis/query_error.hpp"
#include "evaluation/array_expressions.hpp"
#include "values/numeric_math.hpp"

namespace sql {
namespace {

constexpr int32_t kMostPrecision = 1000;  // NUMERIC_MAX_PRECISION

Numeric fit_numeric(Run& run, Numeric value, int32_t precision, int32_t scale) {
  return fit(run, value, precision, scale);
}

const Routine& fitting() {
  using Of = KernelOf<fit_numeric>;
  static const Routine routine{"numeric", Of::arguments(), Of::kResult, Of::kKernel};
  return routine;
}

void check_numeric(const TypeName& name) {
  const auto& modifiers = name.modifiers;
  const std::string precision = std::to_string(modifiers[0]);
  if (modifiers.size() > 2)
    throw QueryError("22023", "invalid NUMERIC type modifier", name.location);
  if (modifiers[0] < 1 || modifiers[0] > kMostPrecision) {
    throw QueryError("22023", "NUMERIC precision " + precision + " must be between 1 and 1000",
                     name.location);
  }
  if (modifiers.size() == 2 && (modifiers[1] < -kMostPrecision || modifiers[1] > kMostPrecision)) {
    throw QueryError(
        "22023",
        "NUMERIC scale " + std::to_string(modifiers[1]) + " must be between -1000 and 1000",
        name.location);
  }
}

}  // namespace

TypeName read_type_name(const Tree& body) {
  TypeName name;
  name.location = location(body);
  const std::vector<std::string> words = strings(get(body, "names"));
  std::string_view word = words.back();
  // pg_type calls an array's type by its element's.
  const bool is_array = body.contains("arrayBounds") || word.starts_with('_');
  if (word.starts_with('_')) word.remove_prefix(1);
  const auto base = find_type(word);
  if (!base) {
    std::string all;
    for (const std::string_view known : type_names())
      all += (all.empty() ? "" : ", ") + std::string(known);
    throw QueryError("42704", "type \"" + words.back() + "\" does not exist", name.location,
                     "There are: " + all + ".");
  }
  name.type = Type(*base, is_array);
  if (is_array) Resolver::refuse_path(name.type, name.location);
  for (const Tree& modifier : get(body, "typmods")) {
    const bool is_integer = type_of(modifier) == "A_Const" && body_of(modifier).contains("ival");
    if (!is_integer)
      throw QueryError("42601", "type modifiers must be simple constants or identifiers",
                       name.location);
    name.modifiers.push_back(integer_of(body_of(modifier)));
  }
  if (name.modifiers.empty()) return name;
  if (name.type.base != Base::kNumeric) {
    throw QueryError("42601", "type modifier is not allowed for type \"" + words.back() + "\"",
                     name.location);
  }
  check_numeric(name);
  return name;
}

Term TypeName::limited(Term term) const {
  if (modifiers.empty()) return term;
  const int32_t scale = modifiers.size() > 1 ? modifiers[1] : 0;
  std::vector<ExpressionPointer> arguments;
  arguments.push_back(std::move(term.expression));
  arguments.push_back(make_constant(Base::kInteger, &modifiers[0]));
  arguments.push_back(make_constant(Base::kInteger, &scale));
  return {type.is_array ? make_over_elements(fitting(), type, std::move(arguments))
                        : make_call(fitting(), type, std::move(arguments), -1),
          term.location};
}

}  // namespace sql
