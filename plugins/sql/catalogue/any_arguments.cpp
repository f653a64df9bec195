// Functions that take any number of arguments of any type.
#include "catalogue/catalogue.hpp"
#include "values/json_build.hpp"
#include "values/value_text.hpp"

namespace sql {
namespace {

void finish_text(Run& run, Vector& out, size_t row, const std::string& text) {
  out.nulls[row] = 0;
  out.of<Text>()[row] = run.arena().copy(text);
}

// For each row a call, which may fail.
template <class Call>
void for_rows(Run& run, const Rows& rows, Vector& out, Call&& call) {
  out.is_constant = false;
  out.may_be_null = true;
  rows.for_each([&](size_t row) {
    run.set_row(row);
    call(row);
    if (run.take_failed()) out.nulls[row] = 1;
  });
}

void concat(Run& run, const Rows& rows, Arguments arguments, Vector& out) {
  std::string text;
  for_rows(run, rows, out, [&](size_t row) {
    text.clear();
    for (const Vector* argument : arguments) {
      if (!argument->is_null(row)) append_text(text, argument->type, argument->value(row));
    }
    finish_text(run, out, row, text);
  });
}

void concat_with_separator(Run& run, const Rows& rows, Arguments arguments, Vector& out) {
  std::string text;
  for_rows(run, rows, out, [&](size_t row) {
    if (arguments[0]->is_null(row)) {
      out.nulls[row] = 1;
      return;
    }
    const Text separator = arguments[0]->of<Text>()[arguments[0]->at(row)];
    text.clear();
    bool is_first = true;
    for (const Vector* argument : arguments.subspan(1)) {
      if (argument->is_null(row)) continue;
      if (!is_first) text += separator;
      is_first = false;
      append_text(text, argument->type, argument->value(row));
    }
    finish_text(run, out, row, text);
  });
}

void add_value(Run& run, JsonBuilder& to, const Vector& argument, size_t row) {
  if (argument.is_null(row)) to.null();
  else to.value(run, argument.type, argument.value(row));
}

void build_array(Run& run, const Rows& rows, Arguments arguments, Vector& out) {
  for_rows(run, rows, out, [&](size_t row) {
    JsonBuilder builder;
    const size_t begun = builder.begin(JsonKind::kArray);
    for (const Vector* argument : arguments) add_value(run, builder, *argument, row);
    builder.end(begun, static_cast<uint32_t>(arguments.size()));
    out.nulls[row] = 0;
    out.of<Json>()[row] = builder.finish(run);
  });
}

bool add_name(Run& run, JsonBuilder& to, const Vector& argument, size_t number, size_t row) {
  if (argument.is_null(row)) {
    run.fail("22023", "argument " + std::to_string(number) + ": key must not be null");
    return false;
  }
  if (argument.type.is_array || argument.type.base == Base::kJsonb) {
    run.fail("22023", "key value must be scalar, not array, composite, or json");
    return false;
  }
  std::string text;
  if (argument.type.base == Base::kBoolean)
    text = argument.of<bool>()[argument.at(row)] ? "true" : "false";
  else append_json_text(text, argument.type.base, argument.value(row));
  to.string(run.arena().copy(text));
  return true;
}

void build_object(Run& run, const Rows& rows, Arguments arguments, Vector& out) {
  for_rows(run, rows, out, [&](size_t row) {
    if (arguments.size() % 2 != 0) {
      run.fail("22023", "argument list must have even number of elements");
      return;
    }
    JsonBuilder builder;
    const size_t begun = builder.begin(JsonKind::kObject);
    for (size_t i = 0; i < arguments.size(); i += 2) {
      if (!add_name(run, builder, *arguments[i], i + 1, row)) return;
      add_value(run, builder, *arguments[i + 1], row);
    }
    builder.end(begun, static_cast<uint32_t>(arguments.size() / 2));
    out.nulls[row] = 0;
    out.of<Json>()[row] = builder.finish(run);
  });
}

void to_json(Run& run, const Rows& rows, Arguments arguments, Vector& out) {
  for_rows(run, rows, out, [&](size_t row) {
    out.nulls[row] = arguments[0]->is_null(row);
    if (out.nulls[row]) return;
    JsonBuilder builder;
    builder.value(run, arguments[0]->type, arguments[0]->value(row));
    out.of<Json>()[row] = builder.finish(run);
  });
}

}  // namespace

void add_any_arguments(Catalogue& to) {
  const auto add = [&](std::string_view name, std::vector<Type> arguments, Type result,
                       Kernel kernel) {
    to.add_function({name, std::move(arguments), result, kernel, true});
  };
  add("concat", {Base::kAny}, Base::kText, concat);
  add("concat_ws", {Base::kText, Base::kAny}, Base::kText, concat_with_separator);
  add("jsonb_build_array", {Base::kAny}, Base::kJsonb, build_array);
  add("jsonb_build_object", {Base::kAny}, Base::kJsonb, build_object);
  to.add_function({"jsonb_build_array", {}, Base::kJsonb, build_array});
  to.add_function({"jsonb_build_object", {}, Base::kJsonb, build_object});
  Routine to_jsonb{"to_jsonb", {Base::kAnyElement}, Base::kJsonb, to_json};
  to_jsonb.is_stable = true;
  to.add_function(to_jsonb);
}

}  // namespace sql
