// Payloads that are compressed: gzip (RFC 1952) or zlib (RFC 1950).
#pragma once

#include <penstock/builders.hpp>

#include <zlib.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "most_payload.hpp"
#include "words.hpp"

namespace decoding {

// kAuto: gzip where a payload begins as gzip does, else nothing. No JSON, CBOR or text does (of
// MessagePack only many documents that begin with a bare 31), and what devices of one fleet send
// may differ. zlib's first byte is an "x", so it is only ever named.
enum class Compression { kNone, kGzip, kZlib, kAuto };

inline constexpr const char* kCompressionChoices = "none,gzip,zlib,auto";
inline constexpr const char* kCompressionHelp =
    "How payloads are compressed; auto: those that begin as gzip does are gzip, others are taken "
    "as they are.";

class Decompressor {
 public:
  Decompressor(Compression compression, Words& words) : compression_(compression), words_(words) {}
  Decompressor(const Decompressor&) = delete;
  ~Decompressor();

  // Before each batch of messages: what they may hold begins anew.
  void start_batch();
  // `text`: what is in the payload, until the next call, with PENSTOCK_PADDING readable bytes past
  // its end, as the payload has; or the payload itself.
  Reason read(std::string_view payload, std::string_view& text);
  // For the budget: what the payload was compressed from may be so much larger than itself.
  size_t counted_bytes() const { return counted_bytes_; }
  // Compressed as the payload that was read last.
  std::string compressed(std::string&& text) const;

 private:
  // So many times its own bytes may be in a payload, and of more than that in all of a batch so
  // many; in none more than kMost.
  static constexpr size_t kTimes = 128, kSpareBytes = 16 << 20, kMost = 64 << 20;
  static constexpr size_t kCountedTimes = 4;
  static constexpr size_t kKeptBytes = 4 << 20;  // from batch to batch

  Reason inflate_all(std::string_view payload);
  Reason wrong(const char* what, std::string_view payload, bool with_place);
  const char* name() const { return is_gzip_ ? "gzip" : "zlib"; }

  const Compression compression_;
  Words& words_;
  z_stream stream_ = {};
  bool is_open_ = false;
  size_t spare_bytes_ = kSpareBytes;
  penstock::Buffer<char> text_;
  // Of the payload that was read last.
  bool is_compressed_ = false, is_gzip_ = true;
  size_t counted_bytes_ = 0;
};

}  // namespace decoding
