// The columns of the point batch under construction.
#pragma once

#include <penstock/builders.hpp>
#include <penstock/carried_columns.hpp>
#include <penstock/schema.hpp>

#include <optional>
#include <string_view>

namespace decoding {

// time: timestamp[us, UTC], topic: utf8, value: float64?, value_str: utf8?,
// quality: int16, metadata: utf8? (JSON text)
penstock::Schema point_schema();
// What each point has of its message besides: all columns but topic, payload and received, and but
// what a letter says of itself, which would make letters of points.
penstock::Schema carried_with_points(const penstock::Schema& messages);
// What a decoder makes of messages with these columns: points, each with what is carried.
penstock::Schema points_from(const penstock::Schema& messages);

// One point but for its texts, which are written to the columns as they are read.
struct Point {
  int64_t time_us = 0;
  std::optional<double> value;
  bool has_text = false;
  int16_t quality = 192;
};

class PointBuilder {
 public:
  void reserve(size_t rows, size_t topic_bytes, size_t payload_bytes);

  size_t rows() const { return time_.rows(); }
  // Of the columns so far.
  size_t bytes() {
    return topic_.bytes().size() + value_str_.bytes().size() + metadata_.bytes().size() +
           rows() * kRowBytes + (carried_ ? carried_->bytes(rows()) : 0);
  }
  // Of one row that is made of the current message.
  size_t carried_row_bytes() const {
    return carried_ ? carried_->bytes(rows() + 1) - carried_->bytes(rows()) : 0;
  }
  // Forgets the points from `rows` on, and texts written since.
  void truncate(size_t rows);

  // The texts of the point that comes next.
  void start_texts();
  void set_text(std::string_view text);  // `value_str`; a second call replaces the first
  // A member of the metadata: `key` in quotes, `value` as JSON text.
  void add_metadata(std::string_view key, std::string_view value);
  // Several, as they stand between braces.
  void add_metadata_members(std::string_view members);
  void add_metadata_string(std::string_view key, std::string_view text);

  void push(const Point& point, std::string_view topic);

  // Columns that each point has besides; who calls this says of which row points are made.
  void carry(penstock::CarriedColumns& carried) { carried_ = &carried; }

  ArrowArray finish();

 private:
  // Three columns of fixed width, three of offsets.
  static constexpr size_t kRowBytes = 8 + 8 + 2 + 3 * 4;

  penstock::FixedBuilder<int64_t> time_;
  penstock::TextBuilder topic_;
  penstock::FixedBuilder<double> value_;
  penstock::TextBuilder value_str_;
  penstock::FixedBuilder<int16_t> quality_;
  penstock::TextBuilder metadata_;
  penstock::CarriedColumns* carried_ = nullptr;
  size_t text_start_ = 0;
  size_t metadata_start_ = 0;
};

}  // namespace decoding
