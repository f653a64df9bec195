#include "point_builder.hpp"

#include <penstock/json_text.hpp>

#include <cstring>

namespace decoding {

namespace format = penstock::format;

penstock::Schema point_schema() {
  return {{"time", format::kTimestampUs},
          {"topic", format::kUtf8},
          {"value", format::kFloat64, true},
          {"value_str", format::kUtf8, true},
          {"quality", format::kInt16},
          {"metadata", format::kUtf8, true, penstock::extension::kJson}};
}

penstock::Schema carried_with_points(const penstock::Schema& messages) {
  penstock::Schema left_out = penstock::message_schema();
  for (const char* of_a_letter : {"node", "reason", "detail"}) {
    left_out.push_back({of_a_letter, format::kUtf8});
  }
  return penstock::carried_columns(messages, left_out, point_schema());
}

penstock::Schema points_from(const penstock::Schema& messages) {
  penstock::Schema schema = point_schema();
  const penstock::Schema carried = carried_with_points(messages);
  schema.insert(schema.end(), carried.begin(), carried.end());
  return schema;
}

void PointBuilder::reserve(size_t rows, size_t topic_bytes, size_t payload_bytes) {
  time_.reserve(rows);
  topic_.reserve(rows, topic_bytes);
  value_.reserve(rows);
  value_str_.reserve(rows, 0);
  quality_.reserve(rows);
  metadata_.reserve(rows, payload_bytes / 2);
}

void PointBuilder::truncate(size_t rows) {
  time_.truncate(rows);
  topic_.truncate(rows);
  value_.truncate(rows);
  value_str_.truncate(rows);
  quality_.truncate(rows);
  metadata_.truncate(rows);
}

void PointBuilder::start_texts() {
  text_start_ = value_str_.bytes().size();
  metadata_start_ = metadata_.bytes().size();
  metadata_.bytes().push('{');
}

void PointBuilder::set_text(std::string_view text) {
  auto& bytes = value_str_.bytes();
  bytes.truncate(text_start_);
  bytes.append(text.data(), text.size());
}

void PointBuilder::add_metadata(std::string_view key, std::string_view value) {
  auto& bytes = metadata_.bytes();
  const bool first = bytes.size() == metadata_start_ + 1;
  const size_t length = key.size() + value.size() + (first ? 1 : 2);
  char* at = bytes.room(length);
  if (!first) *at++ = ',';
  std::memcpy(at, key.data(), key.size());
  at += key.size();
  *at++ = ':';
  std::memcpy(at, value.data(), value.size());
  bytes.grow(length);
}

void PointBuilder::add_metadata_members(std::string_view members) {
  auto& bytes = metadata_.bytes();
  if (bytes.size() != metadata_start_ + 1) bytes.push(',');
  bytes.append(members.data(), members.size());
}

void PointBuilder::add_metadata_string(std::string_view key, std::string_view text) {
  std::string quoted;
  penstock::append_json_string(text, quoted);
  add_metadata(key, quoted);
}

void PointBuilder::push(const Point& point, std::string_view topic) {
  time_.push(point.time_us);
  topic_.push(topic);
  if (point.value) value_.push(*point.value);
  else value_.push_null();
  if (point.has_text) {
    value_str_.end_value();
  } else {
    value_str_.bytes().truncate(text_start_);
    value_str_.push_null();
  }
  quality_.push(point.quality);
  metadata_.bytes().push('}');
  metadata_.end_value();
}

ArrowArray PointBuilder::finish() {
  const size_t rows = this->rows();
  penstock::Columns columns(6 + (carried_ ? carried_->count() : 0));
  columns.add(time_.finish());
  columns.add(topic_.finish());
  columns.add(value_.finish());
  columns.add(value_str_.finish());
  columns.add(quality_.finish());
  columns.add(metadata_.finish());
  if (carried_) carried_->finish(columns, rows);
  return penstock::make_rows(static_cast<int64_t>(rows), columns);
}

}  // namespace decoding
