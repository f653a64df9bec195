#include "budget.hpp"

#include <algorithm>

namespace decoding {

void Budget::start_counting(PointBuilder& points) {
  if (is_counting_) return;
  is_counting_ = true;
  bytes_before_ = points.bytes();
  parts_ = copied_ = 0;
  fair_bytes_ = kTimes * message_bytes_;
  if (points.carried_row_bytes() > 0) fair_bytes_ += kCarriedBytes;
  allowed_bytes_ = std::max(payload_bytes_, std::min(kMostBytes, fair_bytes_ + spare_bytes_));
}

Reason Budget::check(PointBuilder& points) {
  if (points.rows() - rows_before_ + parts_ > static_cast<size_t>(most_points_)) {
    return exceed_points();
  }
  if (bytes(points) <= allowed_bytes_) return nullptr;
  return exceed("its points have more bytes than ", static_cast<int64_t>(allowed_bytes_));
}

void Budget::end_message(PointBuilder& points) {
  if (!is_counting_) return;
  const size_t used = bytes(points);
  if (used > fair_bytes_) spare_bytes_ -= std::min(spare_bytes_, used - fair_bytes_);
}

}  // namespace decoding
