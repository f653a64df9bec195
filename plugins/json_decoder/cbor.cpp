#include "cbor.hpp"

#include <bit>
#include <cmath>

namespace json_decoder {
namespace {

enum Major : uint8_t { kUnsigned, kNegative, kBytes, kText, kArray, kMap, kTag, kSimple };

// RFC 8949, appendix D.
double half_of(uint64_t bits) {
  const int exponent = static_cast<int>(bits >> 10 & 0x1F);
  const auto mantissa = static_cast<double>(bits & 0x3FF);
  double number = 0;
  if (exponent == 0) number = std::ldexp(mantissa, -24);
  else if (exponent != 31) number = std::ldexp(mantissa + 1024, exponent - 25);
  else number = mantissa == 0 ? HUGE_VAL : NAN;
  return bits & 0x8000 ? -number : number;
}

double float_of(uint8_t extra, uint64_t bits) {
  if (extra == 25) return half_of(bits);
  if (extra == 26) return std::bit_cast<float>(static_cast<uint32_t>(bits));
  return std::bit_cast<double>(bits);
}

}  // namespace

// RFC 8949 §3: the shortest head that says so.
void CborTranscoder::append_array_head(size_t count, std::string& to) {
  constexpr uint8_t kFirst = kArray << 5;
  if (count < 24) {
    to += static_cast<char>(kFirst | count);
    return;
  }
  const int power = count <= UINT8_MAX ? 0 : count <= UINT16_MAX ? 1 : 2;
  to += static_cast<char>(kFirst | (24 + power));
  append_big_endian(count, 1 << power, to);
}

bool CborTranscoder::head(Head& head) {
  head.at = at_;
  uint8_t first = 0;
  if (!byte(first)) return false;
  head.major = first >> 5;
  head.extra = first & 0x1F;
  head.indefinite = head.extra == 31;
  head.argument = head.extra;
  if (head.extra < 24) return true;
  if (head.extra < 28) return big_endian(1 << (head.extra - 24), head.argument);
  const bool may_be_indefinite = head.major >= kBytes && head.major <= kMap;
  if (head.indefinite && may_be_indefinite) return true;
  constexpr char kHex[] = "0123456789ABCDEF";
  return wrong(std::string("no value begins with the byte ") + kHex[first >> 4] + kHex[first & 15],
               head.at);
}

bool CborTranscoder::take_break() {
  if (at_ == end_ || static_cast<uint8_t>(*at_) != 0xFF) return false;
  ++at_;
  return true;
}

bool CborTranscoder::value(int depth) {
  const BytesAs outer = bytes_as_;
  ValuePlace* const place = wanted();
  if (place) place->begin = at_;
  Head head;
  for (;;) {
    if (!this->head(head) || !has_room(head.at)) return false;
    if (head.major != kTag) break;
    // RFC 8949 §3.4.5.2: of all byte strings inside.
    if (head.argument == 21) bytes_as_ = BytesAs::kBase64Url;
    else if (head.argument == 22) bytes_as_ = BytesAs::kBase64;
    else if (head.argument == 23) bytes_as_ = BytesAs::kBase16;
    else if (head.argument <= 5) break;
    // What other tags say, JSON leaves out (§6.1).
  }
  const bool ok = head.major == kTag ? tagged(head, depth) : content(head, depth);
  bytes_as_ = outer;
  if (place) {
    place->head = head.at;
    place->end = at_;
  }
  return ok;
}

bool CborTranscoder::content(const Head& head, int depth) {
  switch (head.major) {
    case kUnsigned:
    case kNegative: return integer(head);
    case kBytes:
    case kText: return string(head);
    case kArray: return array(head, depth);
    case kMap: return map(head, depth);
    default: return simple_or_float(head);
  }
}

bool CborTranscoder::integer(const Head& head) {
  if (head.major == kUnsigned) {
    write_number(head.argument);
    return true;
  }
  if (head.argument > INT64_MAX) return no_json("an integer below -2^63", head.at);
  write_negative(head.argument);
  return true;
}

bool CborTranscoder::string(const Head& head) {
  std::string_view bytes;
  std::string whole;  // of bytes: base64 of parts is not that of the whole
  write('"');
  if (!head.indefinite) {
    if (!take(head.argument, bytes)) return false;
    if (head.major == kText && !write_text(bytes)) return false;
  } else {
    while (!take_break()) {
      Head part;
      if (!this->head(part) || !has_room(part.at)) return false;
      if (part.major != head.major || part.indefinite) {
        return wrong("invalid chunk in an indefinite-length string", part.at);
      }
      if (!take(part.argument, bytes)) return false;
      if (head.major == kBytes) whole += bytes;
      else if (!write_text(bytes)) return false;
    }
    bytes = whole;
  }
  if (head.major == kBytes && !write_bytes(bytes, bytes_as_)) return false;
  write('"');
  return true;
}

bool CborTranscoder::array(const Head& head, int depth) {
  if (!enter(depth, head.at)) return false;
  write('[');
  for (uint64_t i = 0; head.indefinite ? !take_break() : i < head.argument; ++i) {
    if (i > 0) write(',');
    if (!value(depth + 1)) return false;
  }
  write(']');
  return true;
}

bool CborTranscoder::map(const Head& head, int depth) {
  if (!enter(depth, head.at)) return false;
  write('{');
  for (uint64_t i = 0; head.indefinite ? !take_break() : i < head.argument; ++i) {
    if (i > 0) write(',');
    if (!key()) return false;
    write(':');
    if (!value(depth + 1)) return false;
  }
  write('}');
  return true;
}

// Integers, as many a compact format has (RFC 8428 §6), are their digits.
bool CborTranscoder::key() {
  Head head;
  do {
    if (!this->head(head) || !has_room(head.at)) return false;
  } while (head.major == kTag);
  if (head.major == kText) return string(head);
  if (head.major != kUnsigned && head.major != kNegative) {
    return no_json("a key that is neither text nor integer", head.at);
  }
  write('"');
  if (!integer(head)) return false;
  write('"');
  return true;
}

bool CborTranscoder::simple_or_float(const Head& head) {
  switch (head.extra) {
    case 20: write("false"); return true;
    case 21: write("true"); return true;
    case 22:  // null
    case 23:  // undefined
      write("null");
      return true;
    case 24:
      if (head.argument < 32) return wrong("a simple value in too many bytes", head.at);
      break;
    case 25: return write_number(half_of(head.argument), head.at);
    case 26:
      return write_number(std::bit_cast<float>(static_cast<uint32_t>(head.argument)), head.at);
    case 27: return write_number(std::bit_cast<double>(head.argument), head.at);
    default: break;
  }
  return no_json("the simple value " + std::to_string(head.argument), head.at);
}

bool CborTranscoder::tagged(const Head& tag, int depth) {
  switch (tag.argument) {
    case 0: return date_text(tag);
    case 1: return epoch_time(tag);
    case 2:
    case 3: return bignum(tag);
    case 4: return enter(depth, tag.at) && decimal_fraction(tag);
    default: return no_json("a bigfloat (tag 5)", tag.at);
  }
}

bool CborTranscoder::date_text(const Head& tag) {
  Head head;
  if (!this->head(head)) return false;
  return head.major == kText ? string(head) : wrong("tag 0, a date, is not of a text", tag.at);
}

bool CborTranscoder::epoch_time(const Head& tag) {
  Head head;
  if (!this->head(head)) return false;
  if (head.major <= kNegative) {
    if (head.argument > INT64_MAX) {
      return no_json("a time outside of the years 0 to 9999", tag.at);
    }
    const auto number = static_cast<int64_t>(head.argument);
    return write_time(head.major == kUnsigned ? number : -1 - number, 0, tag.at);
  }
  if (head.major != kSimple || head.extra < 25) {
    return wrong("tag 1, a time, is not of a number", tag.at);
  }
  const double number = float_of(head.extra, head.argument);
  if (!(std::fabs(number) < 1e15)) {
    return no_json(std::isnan(number) ? "NaN" : "a time outside of the years 0 to 9999", tag.at);
  }
  // A double has no more of it than microseconds.
  const double whole = std::floor(number);
  const auto us = std::llround((number - whole) * 1e6);
  return write_time(static_cast<int64_t>(whole) + us / 1'000'000,
                    static_cast<uint32_t>(us % 1'000'000 * 1000), tag.at);
}

bool CborTranscoder::bignum(const Head& tag) {
  Head head;
  if (!this->head(head)) return false;
  if (head.major != kBytes || head.indefinite) {
    return wrong("a bignum is not of a byte string", tag.at);
  }
  std::string_view bytes;
  if (!take(head.argument, bytes)) return false;
  while (!bytes.empty() && bytes.front() == '\0') bytes.remove_prefix(1);
  if (bytes.size() > 8) return no_json("an integer of more than 64 bits", tag.at);
  uint64_t number = 0;
  for (const char c : bytes) number = number << 8 | static_cast<uint8_t>(c);
  return integer(
      {tag.at, static_cast<uint8_t>(tag.argument == 2 ? kUnsigned : kNegative), false, 27, number});
}

// An array of exponent and mantissa (§3.4.4), such as [-2, 27315]: 27315e-2.
bool CborTranscoder::decimal_fraction(const Head& tag) {
  Head array, exponent, mantissa;
  if (!head(array)) return false;
  if (array.major != kArray || array.indefinite || array.argument != 2) {
    return wrong("tag 4, a decimal fraction, is not of two integers", tag.at);
  }
  if (!head(exponent) || !head(mantissa)) return false;
  if (exponent.major > kNegative || (mantissa.major > kNegative && mantissa.major != kTag)) {
    return wrong("tag 4, a decimal fraction, is not of two integers", tag.at);
  }
  // All of it is a number that is the same in every encoding.
  constexpr uint64_t kMostExponent = 280, kMostMantissa = uint64_t{1} << 53;
  if (mantissa.major == kTag || mantissa.argument >= kMostMantissa ||
      exponent.argument > kMostExponent) {
    return no_json("a decimal fraction of more than 53 bits or beyond 10^280", tag.at);
  }
  if (!integer(mantissa)) return false;
  write('e');
  return integer(exponent);
}

}  // namespace json_decoder
