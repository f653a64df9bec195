#include "json_scan.hpp"

#include <algorithm>
#include <cstdint>

namespace timescale_sink {
namespace {

// jsonb stores numbers as numeric, which has these limits before and after the decimal point
// (PostgreSQL "Arbitrary Precision Numbers").
constexpr int64_t kMostDigitsBefore = 131'072, kMostDigitsAfter = 16'383;

unsigned hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  return static_cast<unsigned>((c | 0x20) - 'a' + 10);
}

class JsonScan {
 public:
  explicit JsonScan(std::string_view json) : at_(json.data()), end_(at_ + json.size()) {}

  bool has_nul() const { return has_nul_; }
  // Why it is refused, or nullptr.
  const char* run() {
    while (at_ < end_) {
      const char c = *at_;
      const char* reason = nullptr;
      if (c == '"') reason = string();
      else if (c >= '0' && c <= '9') reason = number();
      else ++at_;
      if (reason) return reason;
    }
    return nullptr;
  }

 private:
  const char* string() {
    for (++at_; at_ < end_ && *at_ != '"'; ++at_) {
      if (*at_ != '\\') continue;
      ++at_;
      if (at_ < end_ && *at_ == 'u') {
        if (const char* reason = escape()) return reason;
      }
    }
    ++at_;
    return nullptr;
  }

  // After the backslash, at the u.
  const char* escape() {
    const unsigned unit = code_unit();
    at_ += 4;
    if (unit == 0) has_nul_ = true;
    if (unit >= 0xDC00 && unit <= 0xDFFF) return "a low surrogate without a high one";
    if (unit < 0xD800 || unit > 0xDBFF) return nullptr;
    if (end_ - at_ < 7 || at_[1] != '\\' || at_[2] != 'u') return kAlone;
    at_ += 2;
    const unsigned low = code_unit();
    at_ += 4;
    return low >= 0xDC00 && low <= 0xDFFF ? nullptr : kAlone;
  }
  unsigned code_unit() const {
    if (end_ - at_ < 5) return 1;
    unsigned unit = 0;
    for (int i = 1; i <= 4; ++i) unit = unit << 4 | hex_digit(at_[i]);
    return unit;
  }

  int64_t digits() {
    const char* begin = at_;
    while (at_ < end_ && *at_ >= '0' && *at_ <= '9') ++at_;
    return at_ - begin;
  }
  const char* number() {
    const int64_t before = digits();
    int64_t after = 0, exponent = 0;
    if (at_ < end_ && *at_ == '.') {
      ++at_;
      after = digits();
    }
    if (at_ < end_ && (*at_ == 'e' || *at_ == 'E')) {
      ++at_;
      const bool negative = at_ < end_ && *at_ == '-';
      if (at_ < end_ && (*at_ == '-' || *at_ == '+')) ++at_;
      for (; at_ < end_ && *at_ >= '0' && *at_ <= '9'; ++at_) {
        exponent = std::min<int64_t>(exponent * 10 + (*at_ - '0'), 10'000'000);
      }
      if (negative) exponent = -exponent;
    }
    const bool holds =
        before + exponent <= kMostDigitsBefore && after - exponent <= kMostDigitsAfter;
    return holds ? nullptr : "a number that numeric can't hold";
  }

  static constexpr const char* kAlone = "a high surrogate without a low one";

  const char* at_;
  const char* const end_;
  bool has_nul_ = false;
};

}  // namespace

JsonFindings scan_json(std::string_view json) {
  JsonScan scan(json);
  const char* const fault = scan.run();
  return {fault, scan.has_nul()};
}

}  // namespace timescale_sink
