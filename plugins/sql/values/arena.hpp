// Memory of one batch: given out piece by piece, taken back all at once, kept from batch to batch.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace sql {

// What is worked on at once takes more memory than it may.
struct OutOfMemory : std::runtime_error {
  OutOfMemory() : std::runtime_error("more memory than a batch may take") {}
};

class Arena {
 public:
  // Aligned to 16 bytes, with kSlack readable bytes behind.
  char* allocate(size_t bytes) {
    const size_t needed = (bytes + kSlack + 15) & ~size_t{15};
    if (needed > static_cast<size_t>(end_ - next_)) add_block(needed);
    char* at = next_;
    next_ += needed;
    return at;
  }
  template <class T>
  T* allocate_array(size_t count) {
    static_assert(alignof(T) <= 16);
    return reinterpret_cast<T*>(allocate(count * sizeof(T)));
  }
  std::string_view copy(std::string_view text) {
    char* to = allocate(text.size());
    if (!text.empty()) std::memcpy(to, text.data(), text.size());
    return {to, text.size()};
  }

  // From here on a further block throws OutOfMemory where all would be more than this.
  void set_most_bytes(size_t bytes) { most_bytes_ = bytes; }
  // Before a large value is made elsewhere. Throws OutOfMemory.
  void check_room(size_t bytes) const {
    if (bytes > most_bytes_ - std::min(most_bytes_, used())) throw OutOfMemory();
  }

  // Nothing that was given out is valid any more.
  void clear();
  // Bytes given out since the last clear.
  size_t used() const {
    return full_bytes_ +
           (blocks_.empty() ? 0 : static_cast<size_t>(next_ - blocks_.back().memory.get()));
  }

  static constexpr size_t kSlack = 64;  // simdjson reads so far behind a text

 private:
  static constexpr size_t kFirstBytes = 64 << 10;
  static constexpr size_t kKeptBytes = 4 << 20;

  struct Block {
    std::unique_ptr<char[]> memory;
    size_t bytes;
  };
  void add_block(size_t least);

  std::vector<Block> blocks_;
  char* next_ = nullptr;
  char* end_ = nullptr;
  size_t full_bytes_ = 0;
  size_t most_bytes_ = SIZE_MAX;
};

}  // namespace sql
