// The pump's side of an intake: what was appended, or found, leaves it slice by slice, in order.
// One thread, the pump; `available` any.
#pragma once

#include <cstdint>

#include "intake/ranges.hpp"
#include "intake/shared_log.hpp"
#include "intake/slice.hpp"

namespace penstock::engine {

class IntakeReader {
 public:
  // `extra_columns`: PENSTOCK_COLUMN_….
  IntakeReader(SharedLog& log, Ranges& ranges, uint32_t extra_columns)
      : log_(log), ranges_(ranges), extra_columns_(extra_columns) {}

  // Any thread: messages that wait.
  uint64_t available() const { return log_.available(); }
  // Up to `max_rows` messages that lie together; call when some are available.
  Slice take(uint32_t max_rows);
  // A block that was dispatched whole, and that nothing is added to any more, is held until it is
  // released: its segment may be the one that the next message waits for.
  bool has_read_block() const {
    return reading_ && reading_->sealed() && next_row_ == reading_->published();
  }
  void release_read_block();

 private:
  // The rows of the next slice, from what was found or from the open end of the log.
  SliceRows next_rows(uint32_t max_rows);
  void pass_found(uint32_t rows);
  Slice dispatch(const SliceRows& rows);
  Slice dispatch(Range* range);

  SharedLog& log_;
  Ranges& ranges_;
  const uint32_t extra_columns_;
  Block* reading_ = nullptr;  // the first of the unread
  uint32_t next_row_ = 0;
};

}  // namespace penstock::engine
