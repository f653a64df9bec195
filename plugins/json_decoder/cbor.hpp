// CBOR (RFC 8949) as the JSON that it stands for (§6.1).
#pragma once

#include "transcoder.hpp"

namespace json_decoder {

// Read as it comes, without a tree of values: lengths and nesting are a sender's word, float32
// keeps its digits, and tags count (nlohmann's reader calls itself for each container, makes
// doubles of all floats, and passes over tags or their numbers).
class CborTranscoder : public Transcoder {
 public:
  using Transcoder::Transcoder;

  bool value(int depth = 1);
  // Of an array of fewer than 2^32 elements, which come behind.
  static void append_array_head(size_t count, std::string& to);

 private:
  struct Head {
    const char* at;
    uint8_t major;
    bool indefinite;
    uint8_t extra;      // the five bits beside the major type
    uint64_t argument;  // or what follows them
  };
  bool head(Head& head);
  bool take_break();  // false: there is none
  bool content(const Head& head, int depth);
  bool integer(const Head& head);
  bool string(const Head& head);
  bool array(const Head& head, int depth);
  bool map(const Head& head, int depth);
  bool key();
  bool simple_or_float(const Head& head);
  bool tagged(const Head& tag, int depth);
  bool date_text(const Head& tag);
  bool epoch_time(const Head& tag);
  bool bignum(const Head& tag);
  bool decimal_fraction(const Head& tag);

  BytesAs bytes_as_ = BytesAs::kBase64Url;
};

}  // namespace json_decoder
