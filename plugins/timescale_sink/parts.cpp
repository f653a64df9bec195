#include "parts.hpp"

#include <algorithm>

namespace timescale_sink {
namespace {

std::string ranges_of(const penstock::Batch& batch) {
  std::string text;
  for (const penstock_range& range : batch.ranges()) {
    text += std::string(range.intake) + " " + std::to_string(range.first) + " " +
            std::to_string(range.count) + " " + std::to_string(range.part) + ";";
  }
  return text;
}

}  // namespace

bool Parts::resume(const penstock::Batch& batch) {
  if (is_begun() && batch_ == ranges_of(batch)) return true;
  chunks_ = most_ = batch.chunks();
  first_ = 0;
  choose();
  return false;
}

void Parts::pass(const penstock::Batch& batch) {
  first_ = std::min(chunks_, first_ + most_);
  if (is_done()) return;
  batch_ = ranges_of(batch);
  choose();
}

bool Parts::halve() {
  const size_t now = std::min(most_, chunks_ - first_);
  if (now <= 1) return false;
  most_ = now / 2;
  choose();
  return true;
}

void Parts::choose() {
  next_.clear();
  if (first_ == 0 && most_ >= chunks_) return;
  next_.assign(chunks_, false);
  std::fill_n(next_.begin() + static_cast<ptrdiff_t>(first_), std::min(most_, chunks_ - first_),
              true);
}

}  // namespace timescale_sink
