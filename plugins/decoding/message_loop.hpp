// From a batch of messages to points and letters.
#pragma once

#include <penstock/carried_columns.hpp>
#include <penstock/occasionally.hpp>
#include <penstock/plugin.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "bad_part.hpp"
#include "point_builder.hpp"
#include "words.hpp"

namespace decoding {

class MessageLoop {
 public:
  // A decoder's metrics, which the loop counts.
  static std::vector<penstock::Metric> metrics();

  // `remedy_of`: which option to look at for a reason, or nothing.
  MessageLoop(penstock::Context& context, std::string_view (*remedy_of)(std::string_view))
      : context_(context), remedy_of_(remedy_of), carried_(carried_from(context)) {
    if (!carried_.empty()) points_.carry(carried_);
  }
  MessageLoop(const MessageLoop&) = delete;  // the points know where the carried columns are

  // `Reader`: json_decoder::MessageReader shows what it has.
  template <class Reader>
  void decode(const penstock::Batch& batch, Reader& reader) {
    using penstock::FixedColumn, penstock::TextColumn;
    const size_t topic_at = batch.column("topic"), payload_at = batch.column("payload"),
                 received_at = batch.column("received");
    points_.truncate(0);
    reader.start_batch();
    for (size_t i = 0; i < batch.chunks(); ++i) {
      const ArrowArray& chunk = batch.chunk(i);
      const TextColumn topics(*chunk.children[topic_at]), payloads(*chunk.children[payload_at]);
      const FixedColumn<int64_t> received(*chunk.children[received_at]);
      reserve(chunk, topics, payloads);
      carried_.start_chunk(batch, i);
      for (int64_t row = 0; row < chunk.length; ++row) {
        emit_from(i, kPieceBytes);
        if (!carried_.empty()) carried_.start_row(row, points_.rows());
        const std::string reason = reader.read(payloads[row], topics[row], received[row], points_);
        const BadPart& part = reader.bad_part();
        if (!reason.empty()) {
          context_.reject_row(batch, i, row, reason, remedy_of_(reason));
        } else if (!part.payload.empty()) {
          context_.reject_part(batch, i, row, payload_at, part.payload, part.reason,
                               remedy_of_(part.reason));
        } else {
          continue;
        }
        count(topics[row], reader.over_limit());
      }
      emit_from(i, 1);
    }
  }

 private:
  enum Metrics : uint32_t { kParseErrors, kOverLimit };
  static constexpr size_t kPieceBytes = 128 << 20;

  static penstock::Schema carried_from(const penstock::Context& context);
  void reserve(const ArrowArray& chunk, const penstock::TextColumn& topics,
               const penstock::TextColumn& payloads);
  // What there is of a chunk, if its texts have so many bytes: a column must not outgrow its
  // offsets.
  void emit_from(size_t chunk, size_t bytes) {
    if (points_.rows() > 0 && points_.bytes() >= bytes) {
      context_.emit_from_chunk(0, points_.finish(), chunk);
    }
  }
  void count(std::string_view topic, const std::string& over_limit);

  penstock::Context& context_;
  std::string_view (*const remedy_of_)(std::string_view);
  penstock::CarriedColumns carried_;
  PointBuilder points_;
  penstock::Occasionally tell_;
};

}  // namespace decoding
