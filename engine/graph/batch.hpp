// What travels along an edge, and the provenance that it carries.
#pragma once

#include <penstock/plugin.h>

#include <atomic>
#include <memory>
#include <vector>

#include "intake/intake.hpp"

namespace penstock::engine {

class Budget;

// Stands for a range of messages of one intake. Whoever holds a token works on something
// made from that range; when the last one lets go, the range is done.
class Token {
 public:
  Token(Intake& intake, Intake::Range* range, Budget& budget);
  ~Token();
  Token(const Token&) = delete;
  Token& operator=(const Token&) = delete;

  uint32_t rows() const { return rows_; }

 private:
  Intake& intake_;
  Intake::Range* range_;
  uint32_t rows_;
  Budget& budget_;
};

// An Arrow array that ends with its last holder.
class Chunk {
 public:
  explicit Chunk(ArrowArray array) : array_(array) {}
  ~Chunk() {
    if (array_.release) array_.release(&array_);
  }
  Chunk(const Chunk&) = delete;
  Chunk& operator=(const Chunk&) = delete;

  const ArrowArray& array() const { return array_; }

 private:
  ArrowArray array_;
};

// Immutable rows of one schema. Shared by the edges of a fan-out and by those who hold it.
struct Batch {
  const ArrowSchema* schema = nullptr;
  // Declared before the chunks, so that it ends after them: a range is done when its memory
  // is free.
  std::vector<std::shared_ptr<const Token>> tokens;
  std::vector<std::shared_ptr<const Chunk>> chunks;
  int64_t rows = 0;
};
using BatchPtr = std::shared_ptr<const Batch>;

// A batch as one node gets it: the C view that plugins see, retained by reference count.
class Delivery {
 public:
  Delivery(BatchPtr batch, uint32_t input);

  const penstock_batch* view() const { return &view_; }
  const BatchPtr& batch() const { return batch_; }
  static const Delivery* of(const penstock_batch* view) {
    return reinterpret_cast<const Delivery*>(view);  // the view is the first member
  }
  void retain() const { holders_.fetch_add(1, std::memory_order_relaxed); }
  void release() const {
    if (holders_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

 private:
  ~Delivery() = default;

  penstock_batch view_;
  std::vector<const ArrowArray*> arrays_;
  BatchPtr batch_;
  mutable std::atomic<uint32_t> holders_ = 1;
};

}  // namespace penstock::engine
