// The memory of a memory intake's blocks: bounded, and used again.
#pragma once

#include <cstddef>
#include <mutex>
#include <vector>

#include "intake/block.hpp"

namespace penstock::engine {

class BlockMemoryPool {
 public:
  explicit BlockMemoryPool(size_t max_bytes) : max_bytes_(max_bytes) {}

  struct Piece {
    BlockMemory memory;
    size_t bytes = 0;
  };

  // At least `bytes`. Empty when that would go over the limit, unless `force`.
  // A piece larger than the whole limit is given when nothing else is held.
  Piece take(size_t bytes, bool force);
  void give_back(Piece piece);

  // Whether a block of `bytes` could be had now.
  bool has_room(size_t bytes) const;
  size_t held_bytes() const;  // by blocks in use

 private:
  bool fits(size_t bytes) const { return used_ == 0 || used_ + bytes <= max_bytes_; }

  mutable std::mutex mutex_;
  size_t max_bytes_;
  size_t used_ = 0;  // bytes of pieces that are out
  std::vector<Piece> free_;
};

}  // namespace penstock::engine
