#include "intake/block_memory.hpp"

#include <algorithm>
#include <new>

namespace penstock::engine {

BlockMemoryPool::Piece BlockMemoryPool::take(size_t bytes, bool force) {
  const std::lock_guard lock(mutex_);
  if (!force && !fits(bytes)) return {};
  const auto reusable = std::find_if(free_.begin(), free_.end(), [&](const Piece& piece) {
    return piece.bytes >= bytes && piece.bytes <= 2 * bytes;
  });
  Piece piece;
  if (reusable != free_.end()) {
    piece = std::move(*reusable);
    free_.erase(reusable);
  } else {
    free_.clear();  // they are of a size that the messages have outgrown
    piece = {BlockMemory(static_cast<char*>(std::malloc(bytes))), bytes};
    if (!piece.memory) throw std::bad_alloc();
  }
  used_ += piece.bytes;
  return piece;
}

void BlockMemoryPool::give_back(Piece piece) {
  constexpr size_t kMostFree = 4;
  const std::lock_guard lock(mutex_);
  used_ -= piece.bytes;
  if (free_.size() < kMostFree) free_.push_back(std::move(piece));
}

bool BlockMemoryPool::has_room(size_t bytes) const {
  const std::lock_guard lock(mutex_);
  return fits(bytes);
}

size_t BlockMemoryPool::held_bytes() const {
  const std::lock_guard lock(mutex_);
  return used_;
}

}  // namespace penstock::engine
