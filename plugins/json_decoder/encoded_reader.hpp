// From one message that is compressed, CBOR or MessagePack to points, by the JSON in it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "decoding/bad_part.hpp"
#include "decoding/decompressor.hpp"
#include "message_reader.hpp"
#include "transcoder.hpp"

namespace json_decoder {

class EncodedReader {
 public:
  // `json` reads what is in the messages, by its options.
  EncodedReader(MessageReader& json, Encoding encoding, Compression compression)
      : json_(json), encoding_(encoding), decompressor_(compression, words_) {}
  EncodedReader(const EncodedReader&) = delete;

  // All as of MessageReader. What leaves as `bad_part` is encoded and compressed as the message.
  void start_batch();
  std::string read(std::string_view payload, std::string_view topic, int64_t received_us,
                   PointBuilder& to);
  const BadPart& bad_part() const { return bad_part_; }
  const std::string& over_limit() const { return over_limit_; }

 private:
  // So many times the bytes of a message its JSON may have, and of more than that in all of a batch
  // so many bytes; in none more than kMost, since simdjson's index takes four times that.
  static constexpr size_t kTimes = 8, kSpareBytes = 16 << 20, kMost = 64 << 20;

  Reason transcode(std::string_view payload);
  template <class Transcoder>
  Reason transcode_by(std::string_view payload, std::span<ValuePlace> places = {});
  Reason say(const TranscodingFault& fault);
  std::vector<ValuePlace> places_of_bad() const;
  template <class Transcoder>
  std::string letter_by(std::string_view payload);

  MessageReader& json_;
  const Encoding encoding_;
  Words words_;
  Decompressor decompressor_;
  size_t spare_bytes_ = kSpareBytes;
  size_t most_text_ = 0;         // of the message being read
  penstock::Buffer<char> text_;  // JSON
  BadPart bad_part_;
  std::string over_limit_;
};

}  // namespace json_decoder
