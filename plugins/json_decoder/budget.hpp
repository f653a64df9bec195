// What the points of one message may ask for: a topic and metadata are repeated for each point, so
// that a small message could ask for much.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "point_builder.hpp"
#include "words.hpp"

namespace json_decoder {

struct MessageLimits {
  int64_t depth = 64;        // of JSON inside of a member
  int64_t points = 100'000;  // and elements that are none
};

class Budget {
 public:
  Budget(const MessageLimits& limits, Words& words) : limits_(limits), words_(words) {}

  void start_batch() { spare_bytes_ = kSpareBytes; }
  // `carried_bytes`: of each point, besides what the builder has of it.
  void start_message(std::string_view payload, std::string_view topic, size_t carried_bytes,
                     const PointBuilder& points) {
    message_bytes_ = payload.size() + topic.size() + carried_bytes;
    carried_bytes_ = carried_bytes;
    payload_bytes_ = payload.size();
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
  // The message as a whole has more than it may.
  bool is_exceeded() const { return is_exceeded_; }
  void end_message(PointBuilder& points);

 private:
  // A message's points may take so many times its own bytes, and of more than that all messages
  // of a batch together so many bytes.
  static constexpr size_t kTimes = 32, kSpareBytes = 64 << 20;
  static constexpr size_t kMostBytes = 256 << 20;

  size_t bytes(PointBuilder& points) const {
    return points.bytes() - bytes_before_ + copied_ +
           (points.rows() - rows_before_) * carried_bytes_;
  }

  const MessageLimits limits_;
  Words& words_;
  size_t spare_bytes_ = kSpareBytes;
  // Of the message being read.
  size_t message_bytes_ = 0, payload_bytes_ = 0, carried_bytes_ = 0, rows_before_ = 0;
  bool is_counting_ = false, is_exceeded_ = false;
  size_t bytes_before_ = 0, fair_bytes_ = 0, allowed_bytes_ = 0, parts_ = 0, copied_ = 0;
};

}  // namespace json_decoder
