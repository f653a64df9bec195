// What the readers of binary encodings have in common: bytes from the front, JSON text to the end.
#pragma once

#include <penstock/builders.hpp>

#include <cstdint>
#include <span>
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

// Where a value stands.
struct ValuePlace {
  size_t text_at;  // in the JSON text
  // In the bytes: with its tags, behind these, and where the next begins.
  const char *begin = nullptr, *head = nullptr, *end = nullptr;
};

class Transcoder {
 public:
  // `to`: JSON text is added to it, until it has more than `most_text` bytes. Containers may be
  // nested `most_depth` deep. `places`: values to be found, in the order of their text.
  Transcoder(std::string_view bytes, int most_depth, size_t most_text, penstock::Buffer<char>& to,
             std::span<ValuePlace> places = {})
      : begin_(bytes.data()),
        at_(begin_),
        end_(begin_ + bytes.size()),
        most_depth_(most_depth),
        most_text_(most_text),
        to_(to),
        places_(places) {}

  bool at_end() const { return at_ == end_; }
  const TranscodingFault& fault() const { return fault_; }
  const TranscodingFault& rest_is_wrong() {
    wrong("unexpected bytes after the end", at_);
    return fault_;
  }

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
  // Before each value, and where one becomes longer than it was.
  bool has_room(const char* head, size_t bytes = 0) {
    return to_.size() + bytes <= most_text_ || fail(TranscodingFault::kTooLong, {}, head);
  }
  // The value that comes next, if it is one to be found.
  ValuePlace* wanted() {
    if (places_.empty() || places_.front().text_at != to_.size()) return nullptr;
    ValuePlace* const place = &places_.front();
    places_ = places_.subspan(1);
    return place;
  }
  bool byte(uint8_t& value) {
    if (at_ == end_) return unexpected_end();
    value = static_cast<uint8_t>(*at_++);
    return true;
  }
  // `count` bytes, the most significant first.
  bool big_endian(int count, uint64_t& value);
  bool take(uint64_t count, std::string_view& bytes);
  static void append_big_endian(size_t number, int count, std::string& to);

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
  bool write_bytes(std::string_view bytes, BytesAs as = BytesAs::kBase64Url);
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
  const size_t most_text_;
  penstock::Buffer<char>& to_;
  std::span<ValuePlace> places_;  // not yet found
  TranscodingFault fault_;
};

}  // namespace json_decoder
