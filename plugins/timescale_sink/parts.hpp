// Which chunks of a batch go in one transaction: all of them, or where that takes the server longer
// than it may, fewer at a time. What is stored stays so when a later part has to be tried again.
#pragma once

#include <penstock/batch.hpp>

#include <string>

#include "batch_rows.hpp"

namespace timescale_sink {

class Parts {
 public:
  // Anew; or, for a batch of which a part is stored, where it was left: then true.
  bool resume(const penstock::Batch& batch);
  bool is_done() const { return first_ == chunks_; }
  bool is_begun() const { return first_ > 0 && first_ < chunks_; }
  // The chunks that go next; empty: all.
  const ChunkChoice& next() const { return next_; }
  // They are stored.
  void pass(const penstock::Batch& batch);
  // Half as many at a time; false: it is one.
  bool halve();

 private:
  void choose();

  size_t chunks_ = 0;
  size_t first_ = 0;  // not stored
  size_t most_ = 0;   // at a time
  ChunkChoice next_;
  std::string batch_;  // its ranges, once a part of it is stored
};

}  // namespace timescale_sink
