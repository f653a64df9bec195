// Arrays in the making, and their elements.
#pragma once

#include "evaluation/run.hpp"
#include "values/values.hpp"

namespace sql {

// PostgreSQL's limit of elements (MaxArraySize).
inline constexpr int64_t kMostElements = 134'217'727;

// An element of any type, for functions that take one; null: it is NULL.
struct Element {
  Base type;
  const void* value;
};
template <>
struct BaseOf<Element> {
  // NOLINTNEXTLINE(readability-identifier-naming): as of the other traits
  static constexpr Base value = Base::kAnyElement;
};

inline bool is_null_at(const ArrayBody& array, int32_t i) {
  return array.nulls != nullptr && array.nulls[i] != 0;
}
inline const void* element_at(const ArrayBody& array, int32_t i) {
  return static_cast<const char*>(array.values) +
         static_cast<size_t>(i) * size_of(Type(array.element));
}
inline Element get_element(const ArrayBody& array, int32_t i) {
  return {array.element, is_null_at(array, i) ? nullptr : element_at(array, i)};
}

// Takes elements one after the other. Its memory is the arena's.
class ArrayMaker {
 public:
  // For up to `most` elements.
  ArrayMaker(Run& run, Base element, int64_t most);
  void add(Element element);
  void add_null() { add({element_, nullptr}); }
  void add_all(const ArrayBody& from, int32_t begin, int32_t end);
  int32_t size() const { return size_; }
  // Of one dimension, or of none if it is empty.
  Array finish(int32_t lower_bound = 1);
  // Of the dimensions and bounds of another one.
  Array finish_as(const ArrayBody& like);

 private:
  Array made(ArrayBody body);

  Run& run_;
  const Base element_;
  const size_t bytes_;
  char* values_;
  uint8_t* nulls_;
  int32_t size_ = 0;
  bool has_nulls_ = false;
};

Array make_empty_array(Run& run, Base element);

}  // namespace sql
