// Record batches as a node sees them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "penstock/columns.hpp"
#include "penstock/plugin.h"
#include "penstock/schema.hpp"

namespace penstock {

// The batch that a call came with; valid until the call returns. See penstock_batch.
class Batch {
 public:
  Batch(const penstock_batch* batch, const penstock_host* host) : batch_(batch), host_(host) {}

  int64_t rows() const { return batch_->rows; }
  // Which of the node's `inputs` it came by.
  uint32_t input() const { return batch_->input; }
  const ArrowSchema& schema() const { return *batch_->schema; }
  size_t chunks() const { return batch_->chunk_count; }
  const ArrowArray& chunk(size_t i) const { return *batch_->chunks[i]; }

  // The position of a column in every chunk. Throws std::out_of_range when there is none,
  // which a declared input schema rules out.
  size_t column(std::string_view name) const {
    const int at = column_index(*batch_->schema, name);
    if (at < 0) throw std::out_of_range("no column named " + std::string(name));
    return static_cast<size_t>(at);
  }

  // Where the chunks come from; empty with an engine older than ABI 1.1.
  std::span<const penstock_range> ranges() const {
    constexpr size_t kEnd = offsetof(penstock_batch, range_count) + sizeof(batch_->range_count);
    if (batch_->size < kEnd) return {};
    return {batch_->ranges, batch_->range_count};
  }

  const penstock_batch* c() const { return batch_; }
  const penstock_host* host() const { return host_; }

 private:
  const penstock_batch* batch_;
  const penstock_host* host_;
};

// A batch kept beyond the call that it came with. Letting it go without emitting its
// rows, or rows made from them, says that its messages are done.
class HeldBatch {
 public:
  explicit HeldBatch(const Batch& batch) : batch_(batch.c()), host_(batch.host()) {
    host_->retain(batch_);
  }
  HeldBatch(HeldBatch&& other) noexcept
      : batch_(std::exchange(other.batch_, nullptr)), host_(other.host_) {}
  HeldBatch& operator=(HeldBatch&& other) noexcept {
    std::swap(batch_, other.batch_);
    std::swap(host_, other.host_);
    return *this;
  }
  ~HeldBatch() {
    if (batch_) host_->release(batch_);
  }

  Batch view() const { return {batch_, host_}; }
  const penstock_batch* c() const { return batch_; }

 private:
  const penstock_batch* batch_;
  const penstock_host* host_;
};

}  // namespace penstock
