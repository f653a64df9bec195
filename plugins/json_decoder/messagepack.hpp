// MessagePack (https://github.com/msgpack/msgpack/blob/master/spec.md) as JSON.
#pragma once

#include "transcoder.hpp"

namespace json_decoder {

// Read as it comes; see CborTranscoder.
class MessagePackTranscoder : public Transcoder {
 public:
  using Transcoder::Transcoder;

  bool value(int depth = 1);
  // Of an array of fewer than 2^32 elements, which come behind.
  static void append_array_head(size_t count, std::string& to);

 private:
  bool content(int depth);
  // A length of so many bytes, then that many.
  bool sized(int bytes, std::string_view& content);
  bool text(std::string_view content);
  bool bytes(int size_bytes);
  bool array(uint64_t count, int depth, const char* head);
  bool map(uint64_t count, int depth, const char* head);
  bool key();
  bool integer(uint8_t first, bool& is_one);
  bool extension(uint64_t size, const char* head);
  bool timestamp(std::string_view content, const char* head);
  bool signed_number(int64_t number);
};

}  // namespace json_decoder
