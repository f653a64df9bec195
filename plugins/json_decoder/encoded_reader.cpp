#include "encoded_reader.hpp"

#include <cstring>
#include <nlohmann/json.hpp>

#include "cbor.hpp"
#include "json_text.hpp"
#include "messagepack.hpp"

namespace json_decoder {
namespace {

constexpr size_t kKeptBytes = 4 << 20;  // from batch to batch

}  // namespace

void EncodedReader::start_batch() {
  json_.start_batch();
  decompressor_.start_batch();
  if (text_.size() > kKeptBytes) text_ = {};
}

std::string EncodedReader::read(std::string_view payload, std::string_view topic,
                                int64_t received_us, PointBuilder& to) {
  words_.clear();
  over_limit_.clear();
  bad_part_ = {};
  std::string_view text;
  Reason reason = decompressor_.read(payload, text);
  if (!reason && encoding_ != Encoding::kJson) {
    reason = transcode(text);
    text = {text_.data(), text_.size()};
  }
  if (reason) {
    if (words_.over_limit()) over_limit_ = reason;
    return reason;
  }
  std::string told = json_.read(text, decompressor_.counted_bytes(), topic, received_us, to);
  over_limit_ = json_.over_limit();
  bad_part_ = json_.bad_part();
  if (!bad_part_.payload.empty()) {
    if (encoding_ != Encoding::kJson) bad_part_.payload = encoded(bad_part_.payload);
    bad_part_.payload = decompressor_.compressed(std::move(bad_part_.payload));
  }
  return told;
}

Reason EncodedReader::transcode(std::string_view payload) {
  text_.clear();
  const Reason reason = encoding_ == Encoding::kCbor ? transcode_by<CborTranscoder>(payload)
                                                     : transcode_by<MessagePackTranscoder>(payload);
  std::memset(text_.room(PENSTOCK_PADDING), 0, PENSTOCK_PADDING);
  return reason;
}

template <class Transcoder>
Reason EncodedReader::transcode_by(std::string_view payload) {
  // As deep as the JSON may be: what is deeper in it is told of by its reader.
  Transcoder transcoder(payload, json_.most_depth(), text_);
  const bool many = json_.options().many_documents;
  do {
    if (!transcoder.value()) return say(transcoder.fault());
    if (many) text_.push('\n');
  } while (many && !transcoder.at_end());
  return transcoder.at_end() ? nullptr : say(transcoder.rest_is_wrong());
}

Reason EncodedReader::say(const TranscodingFault& fault) {
  if (fault.kind == TranscodingFault::kTooDeep) {
    return words_.over("nested deeper than max_depth = ", json_.options().limits.depth);
  }
  if (fault.kind == TranscodingFault::kTooLong) {
    return words_.over("as JSON it has more bytes than ", Transcoder::kMostText);
  }
  const std::string name = encoding_ == Encoding::kCbor ? "CBOR" : "MessagePack";
  const bool is_wrong = fault.kind == TranscodingFault::kWrong;
  return words_.say((is_wrong ? "not " + name + ": " : name + " that JSON cannot hold: ") +
                    fault.what + " (at byte " + std::to_string(fault.at + 1) + ")");
}

// The documents of a letter, of which all are JSON.
std::string EncodedReader::encoded(std::string_view json) const {
  std::string bytes;
  JsonFault fault;
  for (std::string_view document; !(document = take_value(json, INT32_MAX, fault)).empty();) {
    const auto value = nlohmann::ordered_json::parse(document);
    if (encoding_ == Encoding::kCbor) nlohmann::ordered_json::to_cbor(value, bytes);
    else nlohmann::ordered_json::to_msgpack(value, bytes);
  }
  return bytes;
}

}  // namespace json_decoder
