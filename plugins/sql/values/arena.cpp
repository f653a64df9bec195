#include "values/arena.hpp"

#include <algorithm>

namespace sql {

void Arena::add_block(size_t least) {
  check_room(least);
  if (!blocks_.empty()) full_bytes_ += static_cast<size_t>(next_ - blocks_.back().memory.get());
  const size_t doubled = blocks_.empty() ? kFirstBytes : 2 * blocks_.back().bytes;
  const size_t bytes = std::max(least, std::min(doubled, kKeptBytes));
  blocks_.push_back({std::unique_ptr<char[]>(new char[bytes]), bytes});
  next_ = blocks_.back().memory.get();
  end_ = next_ + bytes;
}

void Arena::clear() {
  if (blocks_.empty()) return;
  const auto by_size = [](const Block& one, const Block& other) { return one.bytes < other.bytes; };
  std::swap(blocks_.front(), *std::max_element(blocks_.begin(), blocks_.end(), by_size));
  if (blocks_.front().bytes > kKeptBytes) blocks_.clear();
  else blocks_.resize(1);
  full_bytes_ = 0;
  next_ = blocks_.empty() ? nullptr : blocks_.front().memory.get();
  end_ = blocks_.empty() ? nullptr : next_ + blocks_.front().bytes;
}

}  // namespace sql
