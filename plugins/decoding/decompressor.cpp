#include "decompressor.hpp"

#include <algorithm>
#include <cstring>
#include <new>
#include <stdexcept>

namespace decoding {
namespace {

constexpr std::string_view kGzipMagic = "\x1F\x8B";
constexpr int kWindowBits = 15, kAsGzip = 16;  // zlib.h, inflateInit2

Bytef* bytes_of(const char* text) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(text));  // which zlib only reads
}

}  // namespace

Decompressor::~Decompressor() {
  if (is_open_) inflateEnd(&stream_);
}

void Decompressor::start_batch() {
  spare_bytes_ = kSpareBytes;
  if (text_.size() > kKeptBytes) text_ = {};
}

Reason Decompressor::read(std::string_view payload, std::string_view& text) {
  const bool begins_as_gzip = payload.starts_with(kGzipMagic);
  is_compressed_ =
      compression_ != Compression::kNone && (compression_ != Compression::kAuto || begins_as_gzip);
  counted_bytes_ = payload.size();
  text = payload;
  if (!is_compressed_) return nullptr;
  is_gzip_ = compression_ != Compression::kZlib;
  if (payload.empty()) return "it is empty";
  if (payload.size() > kMostPayload) return words_.over("it has more bytes than ", kMostPayload);
  if (is_gzip_ && !begins_as_gzip) {
    return words_.say("not gzip: it does not begin with the bytes 1F 8B");
  }
  if (const Reason reason = inflate_all(payload)) return reason;
  std::memset(text_.room(PENSTOCK_PADDING), 0, PENSTOCK_PADDING);
  text = {text_.data(), text_.size()};
  counted_bytes_ = std::min(text.size(), kCountedTimes * payload.size());
  return nullptr;
}

// A file of gzip may be several, one behind the other (RFC 1952, 2.2).
Reason Decompressor::inflate_all(std::string_view payload) {
  const int bits = is_gzip_ ? kWindowBits + kAsGzip : kWindowBits;
  const int opened = is_open_ ? inflateReset(&stream_) : inflateInit2(&stream_, bits);
  if (opened != Z_OK) throw std::bad_alloc();
  is_open_ = true;
  stream_.next_in = bytes_of(payload.data());
  stream_.avail_in = static_cast<uInt>(payload.size());
  const size_t fair = kTimes * payload.size();
  const size_t limit = std::min(kMost, fair + spare_bytes_);
  const auto end = [&](Reason reason) {
    if (text_.size() > fair) spare_bytes_ -= std::min(spare_bytes_, text_.size() - fair);
    return reason;
  };
  text_.clear();
  size_t piece = std::max<size_t>(4 * payload.size(), 4096);
  for (;;) {
    // One byte more than there may be, to see that there is more.
    piece = std::min(piece, limit + 1 - text_.size());
    stream_.next_out = bytes_of(text_.room(piece));
    stream_.avail_out = static_cast<uInt>(piece);
    const int done = ::inflate(&stream_, Z_NO_FLUSH);
    text_.grow(piece - stream_.avail_out);
    if (text_.size() > limit) {
      return end(
          words_.over("decompresses to more than ", static_cast<long long>(limit), " bytes"));
    }
    switch (done) {
      case Z_OK: break;
      case Z_STREAM_END: {
        if (stream_.avail_in == 0) return end(nullptr);
        const std::string_view rest = payload.substr(payload.size() - stream_.avail_in);
        if (!is_gzip_ || !rest.starts_with(kGzipMagic)) {
          return end(wrong("unexpected bytes after the end", payload, true));
        }
        if (inflateReset(&stream_) != Z_OK) throw std::bad_alloc();
        break;
      }
      // No progress: all that was there is read.
      case Z_BUF_ERROR: return end(wrong("unexpected end", payload, true));
      case Z_NEED_DICT: return end(wrong("it needs a dictionary", payload, false));
      case Z_MEM_ERROR: throw std::bad_alloc();
      default: {
        const std::string_view said = stream_.msg ? stream_.msg : "";
        // inflate.c, states HEAD, CHECK and LENGTH.
        if (said == "incorrect header check") {
          return end(wrong("it does not begin with a zlib header", payload, false));
        }
        if (said == "incorrect data check") {
          return end(wrong("the checksum does not match", payload, false));
        }
        if (said == "incorrect length check") {
          return end(wrong("the length does not match", payload, false));
        }
        return end(wrong("it is damaged", payload, true));
      }
    }
    piece = text_.size();
    piece = std::max<size_t>(piece, 4096);
  }
}

Reason Decompressor::wrong(const char* what, std::string_view payload, bool with_place) {
  std::string text = std::string("not ") + name() + ": " + what;
  if (with_place) {
    text += " (at byte " + std::to_string(payload.size() - stream_.avail_in + 1) + ")";
  }
  return words_.say(std::move(text));
}

std::string Decompressor::compressed(std::string&& text) const {
  if (!is_compressed_) return std::move(text);
  z_stream stream = {};
  const int bits = is_gzip_ ? kWindowBits + kAsGzip : kWindowBits;
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, bits, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc();
  }
  std::string packed(deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
  stream.next_in = bytes_of(text.data());
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = bytes_of(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const int done = deflate(&stream, Z_FINISH);
  packed.resize(packed.size() - stream.avail_out);
  deflateEnd(&stream);
  if (done != Z_STREAM_END) throw std::runtime_error("zlib: cannot compress");
  return packed;
}

}  // namespace decoding
