// Which chunks of a batch go in one transaction: all of them, or fewer if all are too much for the
// server at once. When a later part has to be retried, the earlier ones stay stored.
#pragma once

#include <penstock/batch.hpp>

#include <string>

#include "batch_rows.hpp"

namespace timescale_sink {

class Parts {
 public:
  // Starts a batch; or, if a part of it is stored, goes on after that and returns true.
  bool resume(const penstock::Batch& batch);
  bool is_done() const { return first_ == chunks_; }
  bool is_begun() const { return first_ > 0 && first_ < chunks_; }
  // The next chunks; empty: all.
  const ChunkChoice& next() const { return next_; }
  // The next chunks are stored.
  void pass(const penstock::Batch& batch);
  // Half as many at a time; false if it was one.
  bool halve();

 private:
  void choose();

  size_t chunks_ = 0;
  size_t first_ = 0;  // that is not stored
  size_t most_ = 0;   // at a time
  ChunkChoice next_;
  std::string batch_;  // its ranges, if a part of it is stored
};

}  // namespace timescale_sink
