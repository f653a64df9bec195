// What travels along an edge, and the provenance that it carries.
#pragma once

#include <penstock/plugin.h>

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "intake/intake.hpp"
#include "provenance/accounting.hpp"
#include "provenance/deliveries.hpp"

namespace penstock::engine {

class SourceBudget;

// Stands for a range of messages of one intake. The holder of a token works on something
// made from that range; when the last one releases it, the range is done.
class Token {
 public:
  // `records`: what they count in the budget.
  Token(Intake& intake, Range* range, SourceBudget& budget, int64_t records);
  ~Token();
  Token(const Token&) = delete;
  Token& operator=(const Token&) = delete;

  const Intake& intake() const { return intake_; }
  // Under which its messages are known for ever; empty for memory.
  const std::string& run() const { return range_->block->segment().intake(); }
  uint64_t first() const { return first_; }
  uint32_t rows() const { return rows_; }
  SourceBudget& budget() const { return budget_; }

 private:
  Intake& intake_;
  Range* range_;
  uint64_t first_;
  uint32_t rows_;
  SourceBudget& budget_;
  const int64_t records_;
};

// Records in the graph beyond the messages that they were made of: an array of points
// is one message.
class GrownRows {
 public:
  GrownRows() = default;
  GrownRows(SourceBudget& budget, int64_t rows);
  ~GrownRows();
  GrownRows(GrownRows&& other) noexcept
      : budget_(std::exchange(other.budget_, nullptr)), rows_(other.rows_) {}
  GrownRows& operator=(GrownRows&&) = delete;

 private:
  SourceBudget* budget_ = nullptr;
  int64_t rows_ = 0;
};

// An Arrow array that ends with its last holder.
class SharedArray {
 public:
  SharedArray(ArrowArray array, GrownRows grown) : array_(array), grown_(std::move(grown)) {}
  ~SharedArray() {
    if (array_.release) array_.release(&array_);
  }
  SharedArray(const SharedArray&) = delete;
  SharedArray& operator=(const SharedArray&) = delete;

  const ArrowArray& operator*() const { return array_; }

 private:
  ArrowArray array_;
  GrownRows grown_;
};

// Where rows come from: a range, and which of the things made of it they are.
struct Origin {
  std::shared_ptr<const Token> token;
  uint64_t part = 0;
};
using Origins = std::vector<Origin>;

// A step of rows through the graph: by which input they came to a node, by which port they left,
// and as which of the batches that one call emitted.
struct Step {
  uint64_t node = 0;  // of node_number
  uint32_t input = 0;
  uint32_t port = 0;
  uint32_t ordinal = 0;
};
uint64_t node_number(const std::string& name);
// The part that comes of `part` by a step. A ledger keeps these numbers: the function never
// changes.
uint64_t part_after(uint64_t part, const Step& step);
void add_origins(Origins& to, const Origins& from, const Step& step);

// Rows with their provenance.
struct Chunk {
  // Declared before the array, so that it ends after it: a range is done when its memory is free.
  Origins origins;
  std::shared_ptr<const SharedArray> array;
};
using ChunkPtr = std::shared_ptr<const Chunk>;

// Immutable rows of one schema. Shared by the edges of a fan-out and by those who hold it.
struct Batch {
  const ArrowSchema* schema = nullptr;
  std::vector<ChunkPtr> chunks;
  int64_t rows = 0;

  void add(ArrowArray array, Origins origins);
};
using BatchPtr = std::shared_ptr<const Batch>;

// A batch as one node gets it: the C view that plugins see, retained by reference count. When its
// last holder releases it, the node's account says what became of its rows.
class Delivery {
 public:
  // `way`: see NodeDescription. It is one of `all` as long as it lives.
  Delivery(BatchPtr batch, uint32_t input, uint32_t way, NodeEnds& ends, Fate fate,
           Deliveries& all);

  const penstock_batch* view() const { return &view_; }
  const BatchPtr& batch() const { return batch_; }
  uint32_t way() const { return way_; }
  // Of a range of the view, which there is.
  const Intake& intake_of(size_t range) const;
  static const Delivery* of(const penstock_batch* view) {
    return reinterpret_cast<const Delivery*>(view);  // the view is the first member
  }
  void retain() const { holders_.fetch_add(1, std::memory_order_relaxed); }
  void release() const {
    if (holders_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }
  // `rows` rows that were made of these leave the node.
  void count_emitted(int64_t rows) const {
    const int64_t before = out_rows_.fetch_add(rows, std::memory_order_relaxed);
    ends_.count_emitted(batch_->rows, before, rows);
  }
  // How many of the rows were stored before a restart, or left out by the other side.
  void stored_before(int64_t rows) const { stored_before_ = rows; }
  void passed_over(int64_t rows) const { passed_over_ = rows; }
  // The node ends before it is done with the batch.
  void abandon() const { abandoned_ = true; }

 private:
  ~Delivery();

  void add_ranges(size_t chunk, const Origins& origins);

  penstock_batch view_;
  std::vector<const ArrowArray*> arrays_;
  std::vector<penstock_range> ranges_;
  BatchPtr batch_;
  const uint32_t way_;
  NodeEnds& ends_;
  const Fate fate_;
  Deliveries& all_;
  mutable std::atomic<int64_t> out_rows_ = 0;
  mutable std::atomic<int64_t> stored_before_ = 0, passed_over_ = 0;
  mutable std::atomic<bool> abandoned_ = false;
  mutable std::atomic<uint32_t> holders_ = 1;
};

// Holds one.
class HeldDelivery {
 public:
  explicit HeldDelivery(const Delivery& delivery) : delivery_(&delivery) { delivery.retain(); }
  HeldDelivery(HeldDelivery&& other) noexcept
      : delivery_(std::exchange(other.delivery_, nullptr)) {}
  HeldDelivery& operator=(HeldDelivery&&) = delete;
  ~HeldDelivery() {
    if (delivery_) delivery_->release();
  }
  const Delivery& operator*() const { return *delivery_; }

 private:
  const Delivery* delivery_;
};

}  // namespace penstock::engine
