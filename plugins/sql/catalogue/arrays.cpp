// Functions and operators of arrays (array_userfuncs.c, arrayfuncs.c).
#include "values/array.hpp"

#include <algorithm>
#include <compare>
#include <vector>

#include "catalogue/catalogue.hpp"
#include "values/value_order.hpp"
#include "values/value_text.hpp"

namespace sql {
namespace {

bool is_same(Element a, Element b) {
  if (a.value == nullptr || b.value == nullptr) return a.value == b.value;
  return std::is_eq(order_of_values(a.type, a.value, b.value));
}

// The elements of an array that are asked for again and again; of many, sorted, so that two large
// arrays of a hostile message take no time by the product of their sizes.
class ElementSet {
  static constexpr int64_t kFewPairs = 1024;
  auto is_less() const {
    return [type = array_.element](const void* a, const void* b) {
      return std::is_lt(order_of_values(type, a, b));
    };
  }

 public:
  ElementSet(const ArrayBody& array, int32_t askers) : array_(array) {
    if (int64_t{array.size} * askers <= kFewPairs) return;
    for (int32_t i = 0; i < array.size; ++i) {
      const Element element = get_element(array, i);
      if (element.value) sorted_.push_back(element.value);
    }
    std::sort(sorted_.begin(), sorted_.end(), is_less());
    is_sorted_ = true;
  }
  // NULL is nowhere (array_contain_compare).
  bool has(Element wanted) const {
    if (wanted.value == nullptr) return false;
    if (is_sorted_)
      return std::binary_search(sorted_.begin(), sorted_.end(), wanted.value, is_less());
    for (int32_t i = 0; i < array_.size; ++i) {
      if (is_same(get_element(array_, i), wanted)) return true;
    }
    return false;
  }

 private:
  const ArrayBody& array_;
  std::vector<const void*> sorted_;
  bool is_sorted_ = false;
};

bool contains_array(Array whole, Array part) {
  const ElementSet set(*whole.body, part.body->size);
  for (int32_t i = 0; i < part.body->size; ++i) {
    if (!set.has(get_element(*part.body, i))) return false;
  }
  return true;
}
bool is_contained_array(Array part, Array whole) { return contains_array(whole, part); }
bool overlaps(Array a, Array b) {
  const ElementSet set(*b.body, a.body->size);
  for (int32_t i = 0; i < a.body->size; ++i) {
    if (set.has(get_element(*a.body, i))) return true;
  }
  return false;
}

int32_t cardinality(Array array) { return array.body->size; }
std::optional<int32_t> dimensions(Array array) {
  if (array.body->dimensions == 0) return std::nullopt;
  return array.body->dimensions;
}
bool has_dimension(Array array, int32_t dimension) {
  return dimension > 0 && dimension <= array.body->dimensions;
}
std::optional<int32_t> length_of_dimension(Array array, int32_t dimension) {
  if (!has_dimension(array, dimension)) return std::nullopt;
  return array.body->lengths[dimension - 1];
}
std::optional<int32_t> lower_bound(Array array, int32_t dimension) {
  if (!has_dimension(array, dimension)) return std::nullopt;
  return array.body->lower_bounds[dimension - 1];
}
std::optional<int32_t> upper_bound(Array array, int32_t dimension) {
  if (!has_dimension(array, dimension)) return std::nullopt;
  return array.body->lower_bounds[dimension - 1] + array.body->lengths[dimension - 1] - 1;
}
std::optional<Text> text_of_dimensions(Run& run, Array array) {
  const ArrayBody& body = *array.body;
  if (body.dimensions == 0) return std::nullopt;
  std::string text;
  for (int i = 0; i < body.dimensions; ++i) {
    text += '[' + std::to_string(body.lower_bounds[i]) + ':' +
            std::to_string(body.lower_bounds[i] + body.lengths[i] - 1) + ']';
  }
  return run.arena().copy(text);
}

// An index behind the last is one that an integer has, and how many there are has a limit.
bool has_room_for(Run& run, int32_t lower, int64_t length) {
  if (int64_t{lower} + length > INT32_MAX) {
    run.fail("54000", "array lower bound is too large: " + std::to_string(lower));
  } else if (length > kMostElements) {
    run.fail("54000", "array size exceeds the maximum allowed (134217727)");
  } else {
    return true;
  }
  return false;
}

bool takes_an_element(Run& run, const ArrayBody* array) {
  if (array == nullptr || array->dimensions <= 1) return true;
  run.fail("22000", "argument must be empty or one-dimensional array");
  return false;
}

std::optional<Array> with_element(Run& run, const ArrayBody* array, Element element,
                                  bool in_front) {
  if (!takes_an_element(run, array)) return std::nullopt;
  const int32_t size = array ? array->size : 0;
  const int32_t lower = size > 0 ? array->lower_bounds[0] : 1;
  if (in_front && size > 0 && lower == INT32_MIN) {
    run.fail("22003", "integer out of range");
    return std::nullopt;
  }
  if (!has_room_for(run, lower, int64_t{size} + 1)) return std::nullopt;
  ArrayMaker maker(run, element.type, int64_t{size} + 1);
  if (in_front) maker.add(element);
  if (array) maker.add_all(*array, 0, size);
  if (!in_front) maker.add(element);
  return maker.finish(lower);
}
std::optional<Array> append(Run& run, std::optional<Array> array, Element element) {
  return with_element(run, array ? array->body : nullptr, element, false);
}
std::optional<Array> prepend(Run& run, Element element, std::optional<Array> array) {
  return with_element(run, array ? array->body : nullptr, element, true);
}

// What the outer dimension of both has besides its own is to be the same.
bool have_same_inside(const ArrayBody& one, const ArrayBody& other) {
  const int inner =
      std::min(one.dimensions, other.dimensions) - (one.dimensions == other.dimensions);
  for (int i = 1; i <= inner; ++i) {
    const int at = one.dimensions - i, of_other = other.dimensions - i;
    if (one.lengths[at] != other.lengths[of_other] ||
        one.lower_bounds[at] != other.lower_bounds[of_other]) {
      return false;
    }
  }
  return true;
}

// array_cat: an array of one dimension less is one more element of the other's outer dimension.
std::optional<Array> concatenate_arrays(Run& run, std::optional<Array> a, std::optional<Array> b) {
  if (!a) return b;
  if (!b) return a;
  const ArrayBody &one = *a->body, &other = *b->body;
  if (other.dimensions == 0) return a;
  if (one.dimensions == 0) return b;
  if (std::abs(one.dimensions - other.dimensions) > 1 || !have_same_inside(one, other)) {
    run.fail("2202E", "cannot concatenate incompatible arrays");
    return std::nullopt;
  }
  ArrayBody shape = one.dimensions < other.dimensions ? other : one;
  const int64_t length = one.dimensions == other.dimensions
                             ? int64_t{one.lengths[0]} + other.lengths[0]
                             : int64_t{shape.lengths[0]} + 1;
  if (!has_room_for(run, shape.lower_bounds[0], length)) return std::nullopt;
  const int64_t size = int64_t{one.size} + other.size;
  if (!has_room_for(run, 0, size)) return std::nullopt;
  shape.lengths[0] = static_cast<int32_t>(length);
  ArrayMaker maker(run, one.element, size);
  maker.add_all(one, 0, one.size);
  maker.add_all(other, 0, other.size);
  return maker.finish_as(shape);
}

std::optional<int32_t> position_from(Run& run, const std::optional<Array>& array, Element element,
                                     const std::optional<int32_t>* start) {
  if (!array) return std::nullopt;
  const ArrayBody& body = *array->body;
  if (body.dimensions > 1) {
    run.fail("0A000", "searching for elements in multidimensional arrays is not supported");
    return std::nullopt;
  }
  if (body.dimensions == 0 || (element.value == nullptr && body.nulls == nullptr))
    return std::nullopt;
  if (start && !*start) {
    run.fail("22004", "initial position must not be null");
    return std::nullopt;
  }
  const int32_t lower = body.lower_bounds[0];
  for (int32_t i = 0; i < body.size; ++i) {
    if (start && lower + i < **start) continue;
    if (is_same(get_element(body, i), element)) return lower + i;
  }
  return std::nullopt;
}
std::optional<int32_t> position(Run& run, std::optional<Array> array, Element element) {
  return position_from(run, array, element, nullptr);
}
std::optional<int32_t> position_behind(Run& run, std::optional<Array> array, Element element,
                                       std::optional<int32_t> start) {
  return position_from(run, array, element, &start);
}

std::optional<Array> positions(Run& run, std::optional<Array> array, Element element) {
  if (!array) return std::nullopt;
  const ArrayBody& body = *array->body;
  if (body.dimensions > 1) {
    run.fail("0A000", "searching for elements in multidimensional arrays is not supported");
    return std::nullopt;
  }
  ArrayMaker maker(run, Base::kInteger, body.size);
  for (int32_t i = 0; i < body.size; ++i) {
    const int32_t at = body.lower_bounds[0] + i;
    if (is_same(get_element(body, i), element)) maker.add({Base::kInteger, &at});
  }
  return maker.finish();
}

// array_replace_internal.
std::optional<Array> without(Run& run, std::optional<Array> array, Element element) {
  if (!array) return std::nullopt;
  const ArrayBody& body = *array->body;
  if (body.dimensions > 1) {
    run.fail("0A000", "removing elements from multidimensional arrays is not supported");
    return std::nullopt;
  }
  ArrayMaker maker(run, body.element, body.size);
  for (int32_t i = 0; i < body.size; ++i) {
    const Element each = get_element(body, i);
    if (!is_same(each, element)) maker.add(each);
  }
  return maker.finish(body.lower_bounds[0]);
}
std::optional<Array> replaced(Run& run, std::optional<Array> array, Element from, Element to) {
  if (!array) return std::nullopt;
  const ArrayBody& body = *array->body;
  ArrayMaker maker(run, body.element, body.size);
  for (int32_t i = 0; i < body.size; ++i) {
    const Element each = get_element(body, i);
    maker.add(is_same(each, from) ? to : each);
  }
  return maker.finish_as(body);
}

std::optional<Array> trimmed(Run& run, Array array, int32_t count) {
  const ArrayBody& body = *array.body;
  const int32_t length = body.dimensions > 0 ? body.lengths[0] : 0;
  if (count < 0 || count > length) {
    run.fail("2202E", "number of elements to trim must be between 0 and " + std::to_string(length));
    return std::nullopt;
  }
  if (count == length) return make_empty_array(run, body.element);
  ArrayBody shape = body;
  shape.lengths[0] = length - count;
  std::fill_n(shape.lower_bounds, shape.dimensions, 1);
  ArrayMaker maker(run, body.element, body.size);
  maker.add_all(body, 0, body.size / length * shape.lengths[0]);
  return maker.finish_as(shape);
}

Type compatible(Type type) {
  return type.base == Base::kAnyElement ? Type(Base::kAnyCompatible, type.is_array) : type;
}

// Of a function whose array and elements need not have the same type, but a common one.
template <auto function>
Routine compatible_routine(std::string_view name) {
  using Of = KernelOf<function>;
  Routine routine{name, Of::arguments(), compatible(Of::kResult), Of::kKernel};
  for (Type& type : routine.arguments) type = compatible(type);
  routine.is_strict = Of::kIsStrict;
  return routine;
}

}  // namespace

void add_arrays(Catalogue& to) {
  to.add_operator<contains_array>("@>");
  to.add_operator<is_contained_array>("<@");
  to.add_operator<overlaps>("&&");
  to.add_operator(compatible_routine<append>("||"));
  to.add_operator(compatible_routine<prepend>("||"));
  to.add_operator(compatible_routine<concatenate_arrays>("||"));
  to.add_function(compatible_routine<append>("array_append"));
  to.add_function(compatible_routine<prepend>("array_prepend"));
  to.add_function(compatible_routine<concatenate_arrays>("array_cat"));
  to.add_function(compatible_routine<position>("array_position"));
  to.add_function(compatible_routine<position_behind>("array_position"));
  Routine all_positions = compatible_routine<positions>("array_positions");
  all_positions.result = Type(Base::kInteger).array();
  to.add_function(all_positions);
  to.add_function(compatible_routine<without>("array_remove"));
  to.add_function(compatible_routine<replaced>("array_replace"));
  to.add_function<trimmed>("trim_array");
  to.add_function<cardinality>("cardinality");
  to.add_function<dimensions>("array_ndims");
  to.add_function<text_of_dimensions>("array_dims");
  to.add_function<length_of_dimension>("array_length");
  to.add_function<lower_bound>("array_lower");
  to.add_function<upper_bound>("array_upper");
}

}  // namespace sql
