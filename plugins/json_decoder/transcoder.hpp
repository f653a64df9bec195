// What the readers of binary encodings have in common: bytes from the front, JSON text to the end.
#pragma once

#include <penstock/builders.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "words.hpp"

namespace json_decoder {

enum class Encoding { kJson, kCbor, kMessagePack };

struct TranscodingFault {
  enum Kind {
    kNone,
    kWrong,   // the bytes are not what they should be
    kNoJson,  // they are, and JSON has no such thing
    kTooDeep,
    kTooLong
  } kind = kNone;
  size_t at = 0;     // in the payload, from 0; may be its end
  std::string what;  // "unexpected end"
};

class Transcoder {
 public:
  // `to`: JSON text is added to it. Containers may be nested `most_depth` deep.
  Transcoder(std::string_view bytes, int most_depth, penstock::Buffer<char>& to)
      : begin_(bytes.data()),
        at_(begin_),
        end_(begin_ + bytes.size()),
        most_depth_(most_depth),
        to_(to) {}

  bool at_end() const { return at_ == end_; }
  const TranscodingFault& fault() const { return fault_; }
  const TranscodingFault& rest_is_wrong() {
    wrong("unexpected bytes after the end", at_);
    return fault_;
  }

  static constexpr size_t kMostText = 1 << 30;

 protected:
  // All of these return false at a fault, and say so.
  bool wrong(std::string what, const char* at) {
    return fail(TranscodingFault::kWrong, std::move(what), at);
  }
  bool unexpected_end() { return wrong("unexpected end", end_); }
  bool no_json(std::string what, const char* at) {
    return fail(TranscodingFault::kNoJson, std::move(what), at);
  }
  // At the head of a container.
  bool enter(int depth, const char* head) {
    return depth <= most_depth_ || fail(TranscodingFault::kTooDeep, {}, head);
  }
  // Before each value: no text grows beyond what a column takes.
  bool has_room(const char* head) {
    return to_.size() <= kMostText || fail(TranscodingFault::kTooLong, {}, head);
  }
  bool byte(uint8_t& value) {
    if (at_ == end_) return unexpected_end();
    value = static_cast<uint8_t>(*at_++);
    return true;
  }
  // `count` bytes, the most significant first.
  bool big_endian(int count, uint64_t& value);
  bool take(uint64_t count, std::string_view& bytes);

  void write(char c) { to_.push(c); }
  void write(std::string_view text) { to_.append(text.data(), text.size()); }
  void write_number(uint64_t number);
  void write_negative(uint64_t below);  // -1 - below, which fits int64_t
  // The shortest text that is this number and no other.
  bool write_number(float number, const char* head);
  bool write_number(double number, const char* head);
  // What is between the quotes.
  bool write_text(std::string_view text);
  // RFC 8949 §6.1: base64url without padding, if the sender says nothing of it.
  enum class BytesAs { kBase64Url, kBase64, kBase16 };
  void write_bytes(std::string_view bytes, BytesAs as = BytesAs::kBase64Url);
  // As RFC 3339 writes it, so that no unit is left to say.
  bool write_time(int64_t seconds, uint32_t nanoseconds, const char* head);

  const char* const begin_;
  const char* at_;
  const char* const end_;

 private:
  template <class Float>
  bool write_float(Float number, const char* head);
  bool fail(TranscodingFault::Kind kind, std::string what, const char* at) {
    fault_ = {kind, static_cast<size_t>(at - begin_), std::move(what)};
    return false;
  }

  const int most_depth_;
  penstock::Buffer<char>& to_;
  TranscodingFault fault_;
};

}  // namespace json_decoder
