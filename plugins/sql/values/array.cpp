#include "values/array.hpp"

#include <cstring>

namespace sql {

ArrayMaker::ArrayMaker(Run& run, Base element, int64_t most)
    : run_(run),
      element_(element),
      bytes_(size_of(Type(element))),
      values_(run.arena().allocate(bytes_ * static_cast<size_t>(most))),
      nulls_(reinterpret_cast<uint8_t*>(run.arena().allocate(static_cast<size_t>(most)))) {}

void ArrayMaker::add(Element element) {
  char* const to = values_ + bytes_ * static_cast<size_t>(size_);
  nulls_[size_++] = element.value == nullptr;
  if (element.value) {
    std::memcpy(to, element.value, bytes_);
  } else {
    has_nulls_ = true;
    std::memset(to, 0, bytes_);
  }
}

void ArrayMaker::add_all(const ArrayBody& from, int32_t begin, int32_t end) {
  for (int32_t i = begin; i < end; ++i) add(get_element(from, i));
}

Array ArrayMaker::made(ArrayBody body) {
  body.element = element_;
  body.size = size_;
  body.values = values_;
  body.nulls = has_nulls_ ? nulls_ : nullptr;
  auto* const kept = run_.arena().allocate_array<ArrayBody>(1);
  *kept = body;
  return {kept};
}

Array ArrayMaker::finish(int32_t lower_bound) {
  ArrayBody body{};
  body.dimensions = size_ > 0;
  body.lengths[0] = size_;
  body.lower_bounds[0] = lower_bound;
  return made(body);
}

Array ArrayMaker::finish_as(const ArrayBody& like) { return made(like); }

Array make_empty_array(Run& run, Base element) { return ArrayMaker(run, element, 0).finish(); }

}  // namespace sql
