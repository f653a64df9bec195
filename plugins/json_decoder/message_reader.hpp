// From one message's JSON to points.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "field_names.hpp"
#include "fields.hpp"
#include "point_reader.hpp"
#include "root_path.hpp"

namespace json_decoder {

// What one message may ask for.
struct MessageLimits {
  int64_t depth = 64;        // of JSON inside of a member
  int64_t points = 100'000;  // in an array
};

struct MessageOptions {
  std::string root = {};
  bool keep_outer = false;  // members beside the way to `root` are metadata of each point
  TimeUnit unit = TimeUnit::kAuto;
  MessageLimits limits = {};
  bool parts = true;  // an element that is no point leaves alone
};

// The message with nothing in it but a part that can't be read.
struct BadPart {
  std::string payload;
  std::string reason;
};

class MessageReader {
 public:
  MessageReader(FieldNames names, MessageOptions options = {});
  MessageReader(const MessageReader&) = delete;

  // Before each batch of messages: what its points may have of memory begins anew.
  void start_batch() { spare_bytes_ = kSpareBytes; }
  // Adds the points of `payload`, which is readable for simdjson::SIMDJSON_PADDING bytes past its
  // end. Returns nothing when well; else the reason, and no point was added. It is valid JSON as a
  // whole, or nothing of it is taken. When some elements of an array are points and others are not,
  // the former are added, and the latter are in `bad_parts`.
  // `topic` and `received_us` go into points that have no such thing of their own.
  std::string read(std::string_view payload, std::string_view topic, int64_t received_us,
                   PointBuilder& to);
  // Of the message that was read last.
  const std::vector<BadPart>& bad_parts() const { return bad_parts_; }
  bool over_limit() const { return words_.over_limit(); }

 private:
  Reason read_payload(std::string_view payload);
  Reason read_document(std::string_view text);
  Reason read_root(Document& document, std::string_view text);
  Reason read_array(Array array, std::string_view text);
  Reason read_elements(std::string_view text);
  Reason read_element(std::string_view text);
  std::string message_of(std::string_view element) const;
  // Of all that the message gives from here on.
  void count_bytes();
  Reason check_limits();
  size_t bytes_so_far() { return to_->bytes() - bytes_before_ + part_bytes_; }
  size_t bytes_over_fair();
  JsonFault fault_of(std::string_view document) const;

  // A message's points may take so many times its own bytes, and of more than that all messages
  // of a batch together so many bytes: a topic and metadata are repeated for each point, so that a
  // small message could ask for much.
  static constexpr size_t kTimes = 32, kSpareBytes = 64 << 20;
  static constexpr size_t kMostBytes = 256 << 20;
  static constexpr size_t kMostPayload = 1 << 30;

  const FieldNames names_;
  const MessageOptions options_;
  Words words_;
  Fields fields_;
  PointReader points_;
  RootPath root_;
  simdjson::ondemand::parser parser_;
  size_t spare_bytes_ = kSpareBytes;

  // Of the message being read.
  PointBuilder* to_ = nullptr;
  std::string_view payload_, topic_;
  std::string_view document_, array_;  // being read; to cut a part out
  bool read_again_ = false;            // by elements, by which the parser lost its place
  Inherited around_;
  size_t rows_before_ = 0;
  bool counts_bytes_ = false;
  size_t bytes_before_ = 0, part_bytes_ = 0, fair_bytes_ = 0, allowed_bytes_ = 0;
  std::vector<BadPart> bad_parts_;
};

}  // namespace json_decoder
