// Points in PostgreSQL's binary COPY format.
#pragma once

#include <penstock/batch.hpp>
#include <penstock/builders.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "row_check.hpp"

namespace timescale_sink {

// The columns of the point batch, by name, and of the table, in this order.
inline constexpr const char* kColumns[] = {"time",      "topic",   "value",
                                           "value_str", "quality", "metadata"};
inline constexpr const char* kColumnList = "time, topic, value, value_str, quality, metadata";

// One point, as both ways of writing need it.
struct PointView {
  size_t chunk = 0;
  int64_t row = 0;      // in its chunk
  int64_t time_us = 0;  // since 1970
  std::string_view topic;
  bool has_value = false, has_text = false, has_metadata = false;
  double value = 0;
  std::string_view text, metadata;
  int16_t quality = 0;
};

// Which chunks of a batch are meant; empty: all of them.
using ChunkChoice = std::vector<bool>;

// Reads the rows of a batch's chunks one after the other: those that were not refused, mended.
class PointReader {
 public:
  PointReader(const penstock::Batch& batch, const ChunkChoice& chunks, const RowFindings& findings);

  template <class Each>
  void for_each(Each&& each) const {
    auto refused = findings_.refused.begin();
    for (size_t i = 0; i < batch_.chunks(); ++i) {
      if (!chunks_.empty() && !chunks_[i]) continue;
      const ArrowArray& chunk = batch_.chunk(i);
      const penstock::FixedColumn<int64_t> time(*chunk.children[columns_[0]]);
      const penstock::TextColumn topic(*chunk.children[columns_[1]]);
      const penstock::FixedColumn<double> value(*chunk.children[columns_[2]]);
      const penstock::TextColumn text(*chunk.children[columns_[3]]);
      const penstock::FixedColumn<int16_t> quality(*chunk.children[columns_[4]]);
      const penstock::TextColumn metadata(*chunk.children[columns_[5]]);
      const bool mend = findings_.mend[i];
      while (refused != findings_.refused.end() && refused->chunk < i) ++refused;
      for (int64_t row = 0; row < chunk.length; ++row) {
        if (refused != findings_.refused.end() && refused->chunk == i && refused->row == row) {
          ++refused;
          continue;
        }
        PointView point;
        point.chunk = i;
        point.row = row;
        point.time_us = time[row];
        point.topic = topic[row];
        point.has_value = value.valid(row);
        point.value = value[row];
        point.has_text = text.valid(row);
        point.text = text[row];
        point.quality = quality[row];
        point.has_metadata = metadata.valid(row);
        point.metadata = metadata[row];
        if (mend) {
          point.topic = mended_text(point.topic, scratch_[0]);
          point.text = mended_text(point.text, scratch_[1]);
          point.metadata = mended_json(point.metadata, scratch_[2]);
        }
        each(point);
      }
    }
  }

 private:
  const penstock::Batch& batch_;
  const ChunkChoice& chunks_;
  const RowFindings& findings_;
  size_t columns_[6];
  mutable std::string scratch_[3];
};

// The whole of a COPY's data: header, a tuple a point, trailer (PostgreSQL "COPY", "Binary
// Format"; field encodings as the types' receive functions read them: timestamptz_recv int64
// µs since 2000-01-01, float8recv, int2recv, textrecv, jsonb_recv with version byte 1).
void encode_copy(const PointReader& points, penstock::Buffer<char>& to);
// The same for the stage (stage.hpp): a running number before the columns, and metadata as its
// text.
void encode_staged(const PointReader& points, penstock::Buffer<char>& to);

// The same fields by themselves, as binary parameters of an INSERT.
int64_t timestamptz(int64_t us_since_1970);

}  // namespace timescale_sink
