// What the points of one message may ask for: a topic and metadata are repeated for each point, so
// that a small message could ask for much.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "point_builder.hpp"
#include "words.hpp"

namespace decoding {

class Budget {
 public:
  // `most_points`: of a message, and parts of it that are none.
  Budget(int64_t most_points, Words& words) : most_points_(most_points), words_(words) {}

  void start_batch() { spare_bytes_ = kSpareBytes; }
  // `payload_bytes`: as they came.
  void start_message(size_t payload_bytes, std::string_view topic, const PointBuilder& points) {
    message_bytes_ = payload_bytes + topic.size() + points.carried_row_bytes();
    payload_bytes_ = payload_bytes;
    rows_before_ = points.rows();
    is_exceeded_ = false;
    is_counting_ = false;
  }
  // A point alone takes no more than its message; from here on there may be several.
  void start_counting(PointBuilder& points);
  // A part of the message that is no point.
  void add_part() { ++parts_; }
  // So many bytes beside those of points.
  void add_copied(size_t bytes) { copied_ += bytes; }
  // Of all that the message gave since `start_counting`.
  Reason check(PointBuilder& points);
  // How many more points it may have.
  size_t points_left(const PointBuilder& points) const {
    const size_t taken = points.rows() - rows_before_ + parts_;
    return static_cast<size_t>(most_points_) - std::min(static_cast<size_t>(most_points_), taken);
  }
  Reason exceed_points() { return exceed("more points than max_points = ", most_points_); }
  Reason exceed(const char* what, int64_t limit) {
    is_exceeded_ = true;
    return words_.over(what, limit);
  }
  // The message as a whole has more than it may.
  bool is_exceeded() const { return is_exceeded_; }
  void end_message(PointBuilder& points);

 private:
  // A message's points may take so many times its own bytes, and of more than that all messages
  // of a batch together so many bytes.
  static constexpr size_t kTimes = 32, kSpareBytes = 64 << 20;
  static constexpr size_t kMostBytes = 256 << 20;
  // Besides, where what a message carries is copied for each point.
  static constexpr size_t kCarriedBytes = 256 << 10;

  size_t bytes(PointBuilder& points) const { return points.bytes() - bytes_before_ + copied_; }

  const int64_t most_points_;
  Words& words_;
  size_t spare_bytes_ = kSpareBytes;
  // Of the message being read.
  size_t message_bytes_ = 0, payload_bytes_ = 0, rows_before_ = 0;
  bool is_counting_ = false, is_exceeded_ = false;
  size_t bytes_before_ = 0, fair_bytes_ = 0, allowed_bytes_ = 0, parts_ = 0, copied_ = 0;
};

}  // namespace decoding
