// Points in PostgreSQL's binary COPY format.
#pragma once

#include <penstock/batch.hpp>
#include <penstock/builders.hpp>

#include <cstdint>
#include <string_view>
#include <vector>

namespace timescale_sink {

// The columns of the point batch, by name, and of the table, in this order.
inline constexpr const char* kColumns[] = {"time",      "topic",   "value",
                                           "value_str", "quality", "metadata"};
inline constexpr const char* kColumnList = "time, topic, value, value_str, quality, metadata";

// One point, as both ways of writing need it.
struct PointView {
  int64_t time_us = 0;  // since 1970
  std::string_view topic;
  bool has_value = false, has_text = false, has_metadata = false;
  double value = 0;
  std::string_view text, metadata;
  int16_t quality = 0;
};

// Which chunks of a batch are meant; empty: all of them.
using ChunkChoice = std::vector<bool>;

// Reads the rows of a batch's chunks one after the other.
class PointReader {
 public:
  PointReader(const penstock::Batch& batch, const ChunkChoice& chunks);

  template <class Each>
  void for_each(Each&& each) const {
    for (size_t i = 0; i < batch_.chunks(); ++i) {
      if (!chunks_.empty() && !chunks_[i]) continue;
      const ArrowArray& chunk = batch_.chunk(i);
      const penstock::FixedColumn<int64_t> time(*chunk.children[columns_[0]]);
      const penstock::TextColumn topic(*chunk.children[columns_[1]]);
      const penstock::FixedColumn<double> value(*chunk.children[columns_[2]]);
      const penstock::TextColumn text(*chunk.children[columns_[3]]);
      const penstock::FixedColumn<int16_t> quality(*chunk.children[columns_[4]]);
      const penstock::TextColumn metadata(*chunk.children[columns_[5]]);
      for (int64_t row = 0; row < chunk.length; ++row) {
        PointView point;
        point.time_us = time[row];
        point.topic = topic[row];
        point.has_value = value.valid(row);
        point.value = value[row];
        point.has_text = text.valid(row);
        point.text = text[row];
        point.quality = quality[row];
        point.has_metadata = metadata.valid(row);
        point.metadata = metadata[row];
        each(point);
      }
    }
  }

 private:
  const penstock::Batch& batch_;
  const ChunkChoice& chunks_;
  size_t columns_[6];
};

// The whole of a COPY's data: header, a tuple a point, trailer (PostgreSQL "COPY", "Binary
// Format"; field encodings as the types' receive functions read them: timestamptz_recv int64
// µs since 2000-01-01, float8recv, int2recv, textrecv, jsonb_recv with version byte 1).
void encode_copy(const penstock::Batch& batch, const ChunkChoice& chunks,
                 penstock::Buffer<char>& to);

// The same fields by themselves, as binary parameters of an INSERT.
int64_t timestamptz(int64_t us_since_1970);

}  // namespace timescale_sink
