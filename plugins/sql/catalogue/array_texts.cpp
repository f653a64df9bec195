// Arrays to texts and back: casts, array_to_string, string_to_array.
#include "catalogue/catalogue.hpp"
#include "values/array.hpp"
#include "values/utf8.hpp"
#include "values/value_text.hpp"

namespace sql {
namespace {

constexpr Type kAnyArray{Base::kAnyElement, true};

Text text_of_array(Run& run, Array array) {
  std::string text;
  append_text(text, array);
  return run.arena().copy(text);
}

// The type of the elements is the result's.
void read_arrays(Run& run, const Rows& rows, Arguments arguments, Vector& out) {
  const Vector& texts = *arguments[0];
  out.is_constant = false;
  out.may_be_null = true;
  rows.for_each([&](size_t row) {
    out.nulls[row] = texts.is_null(row);
    if (out.nulls[row]) return;
    run.set_row(row);
    const auto array = read_array(run, out.type.base, texts.of<Text>()[texts.at(row)]);
    if (array) out.of<Array>()[row] = *array;
    out.nulls[row] = run.take_failed() || !array;
  });
}

Text joined(Run& run, const ArrayBody& array, Text delimiter, const std::optional<Text>& null) {
  std::string text;
  bool is_first = true;
  for (int32_t i = 0; i < array.size; ++i) {
    const Element element = get_element(array, i);
    if (element.value == nullptr && !null) continue;
    if (!is_first) text += delimiter;
    is_first = false;
    if (element.value) append_text(text, Type(element.type), element.value);
    else text += *null;
  }
  return run.arena().copy(text);
}
Text join(Run& run, Array array, Text delimiter) {
  return joined(run, *array.body, delimiter, std::nullopt);
}
std::optional<Text> join_with_nulls(Run& run, std::optional<Array> array,
                                    std::optional<Text> delimiter, std::optional<Text> null) {
  if (!array || !delimiter) return std::nullopt;
  return joined(run, *array->body, *delimiter, null);
}

// The next part of a text, and what is left of it. Without a delimiter a part is a character.
Text take_part(Text& rest, const std::optional<Text>& delimiter, bool& is_last) {
  const size_t end = !delimiter           ? bytes_of_character(rest[0])
                     : delimiter->empty() ? rest.npos
                                          : rest.find(*delimiter);
  const Text part = rest.substr(0, end);
  is_last = end == rest.npos || (!delimiter && end == rest.size());
  if (!is_last) rest.remove_prefix(end + (delimiter ? delimiter->size() : 0));
  return part;
}

int64_t count_parts(Text rest, const std::optional<Text>& delimiter) {
  int64_t count = 0;
  for (bool is_last = false; !is_last; ++count) take_part(rest, delimiter, is_last);
  return count;
}

std::optional<Array> split_with_null(Run& run, std::optional<Text> text,
                                     std::optional<Text> delimiter, std::optional<Text> null) {
  if (!text) return std::nullopt;
  if (text->empty()) return make_empty_array(run, Base::kText);
  ArrayMaker maker(run, Base::kText, count_parts(*text, delimiter));
  Text rest = *text;
  for (bool is_last = false; !is_last;) {
    const Text part = take_part(rest, delimiter, is_last);
    maker.add({Base::kText, null && part == *null ? nullptr : &part});
  }
  return maker.finish();
}
std::optional<Array> split_text(Run& run, std::optional<Text> text, std::optional<Text> delimiter) {
  return split_with_null(run, text, delimiter, std::nullopt);
}

}  // namespace

void add_array_texts(Catalogue& to) {
  to.add_cast<text_of_array>();
  Routine read{"cast", {Base::kText}, kAnyArray, read_arrays};
  read.is_strict = true;
  to.add_cast(read);

  const auto add_join = [&]<auto function>() {
    using Of = KernelOf<function>;
    Routine routine{"array_to_string", Of::arguments(), Of::kResult, Of::kKernel};
    routine.is_strict = Of::kIsStrict;
    routine.is_stable = true;
    to.add_function(routine);
  };
  add_join.template operator()<join>();
  add_join.template operator()<join_with_nulls>();
  const auto add_split = [&]<auto function>() {
    using Of = KernelOf<function>;
    to.add_function({"string_to_array", Of::arguments(), Type(Base::kText).array(), Of::kKernel});
  };
  add_split.template operator()<split_text>();
  add_split.template operator()<split_with_null>();
}

}  // namespace sql
