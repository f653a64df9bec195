#include "row_check.hpp"

#include <simdjson.h>
#include <penstock/columns.hpp>

#include <algorithm>
#include <cstring>
#include <set>

#include "copy_encoder.hpp"

namespace timescale_sink {
namespace {

using penstock::FixedColumn;
using penstock::TextColumn;

// The earliest timestamptz, 4714-11-24 BC (MIN_TIMESTAMP in PostgreSQL's timestamp.h, there counted
// from 2000). The latest lies beyond what 64 bits of microseconds since 1970 reach.
constexpr int64_t kEarliestUs = -210'866'803'200'000'000;
// MaxAllocSize in PostgreSQL's memutils.h, less the header of a value.
constexpr size_t kLargestValue = 0x3FFF'FFFF - 64;
// numeric's digits before and after the point (PostgreSQL "Arbitrary Precision Numbers"), which
// is what jsonb keeps numbers as.
constexpr int64_t kMostDigitsBefore = 131'072, kMostDigitsAfter = 16'383;

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

bool has(std::string_view text, char c) {
  return !text.empty() && std::memchr(text.data(), c, text.size()) != nullptr;
}

// The bytes of all rows, which lie one after the other.
std::string_view bytes_of(const TextColumn& column, int64_t rows) {
  const std::string_view first = column[0], last = column[rows - 1];
  return {first.data(), static_cast<size_t>(last.data() + last.size() - first.data())};
}

// Every row by itself is UTF-8 when all together are and no row begins inside of a character.
bool all_utf8(const TextColumn& column, int64_t rows, std::string_view all) {
  if (!simdjson::validate_utf8(all)) return false;
  for (int64_t row = 0; row < rows; ++row) {
    const std::string_view text = column[row];
    if (!text.empty() && (static_cast<unsigned char>(text[0]) & 0xC0) == 0x80) return false;
  }
  return true;
}

unsigned hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  return static_cast<unsigned>((c | 0x20) - 'a' + 10);
}

// What jsonb refuses in text that is JSON: escapes of what is no character, numbers that numeric
// can't hold. How deep it may be nested is the server's setting, so the server says.
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

  // Behind the backslash, at the u.
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

class ChunkCheck {
 public:
  ChunkCheck(const penstock::Batch& batch, size_t chunk, NulRule rule, RowFindings& findings)
      : batch_(batch),
        chunk_(chunk),
        rows_(batch.chunk(chunk).length),
        rule_(rule),
        to_(findings) {}

  void run() {
    if (rows_ == 0) return;
    times(FixedColumn<int64_t>(column("time")));
    for (const char* name : {"topic", "value_str"}) text(name, TextColumn(column(name)));
    const TextColumn metadata(column("metadata"));
    text("metadata", metadata);
    json(metadata);
    std::stable_sort(refused_.begin(), refused_.end(),
                     [](const RefusedRow& a, const RefusedRow& b) { return a.row < b.row; });
    refused_.erase(
        std::unique(refused_.begin(), refused_.end(),
                    [](const RefusedRow& a, const RefusedRow& b) { return a.row == b.row; }),
        refused_.end());
    to_.refused.insert(to_.refused.end(), refused_.begin(), refused_.end());
    to_.mended_rows += mended_.size();
  }

 private:
  const ArrowArray& column(const char* name) const {
    return *batch_.chunk(chunk_).children[batch_.column(name)];
  }
  void refuse(int64_t row, const char* column, const char* why) {
    refused_.push_back(
        {chunk_, row, std::string(column) + ": " + why, std::string("column ") + column});
  }
  void nul(int64_t row, const char* column) {
    if (rule_ == NulRule::kReject) {
      refuse(row, column, "U+0000");
      return;
    }
    to_.mend[chunk_] = true;
    mended_.insert(row);
  }

  void times(const FixedColumn<int64_t>& time) {
    for (int64_t row = 0; row < rows_; ++row) {
      if (time[row] < kEarliestUs) refuse(row, "time", "before 4714-11-24 BC");
    }
  }

  void text(const char* name, const TextColumn& column) {
    const std::string_view all = bytes_of(column, rows_);
    if (all.size() <= kLargestValue && !has(all, '\0') && all_utf8(column, rows_, all)) return;
    for (int64_t row = 0; row < rows_; ++row) {
      if (!column.valid(row)) continue;
      const std::string_view text = column[row];
      if (text.size() > kLargestValue) refuse(row, name, "larger than 1 GB");
      else if (!simdjson::validate_utf8(text)) refuse(row, name, "not UTF-8");
      else if (has(text, '\0')) nul(row, name);
    }
  }

  // What needs a look inside has a backslash, or is longer than a number may be. A short number
  // with a huge exponent is left to the server.
  void json(const TextColumn& column) {
    constexpr size_t kLong = kMostDigitsAfter;
    const std::string_view all = bytes_of(column, rows_);
    if (!has(all, '\\') && all.size() < kLong) return;
    for (int64_t row = 0; row < rows_; ++row) {
      if (!column.valid(row)) continue;
      const std::string_view json = column[row];
      if (json.size() < kLong && !has(json, '\\')) continue;
      JsonScan scan(json);
      if (const char* reason = scan.run()) refuse(row, "metadata", reason);
      else if (scan.has_nul()) nul(row, "metadata");
    }
  }

  const penstock::Batch& batch_;
  const size_t chunk_;
  const int64_t rows_;
  const NulRule rule_;
  RowFindings& to_;
  std::vector<RefusedRow> refused_;
  std::set<int64_t> mended_;
};

}  // namespace

RowFindings check_rows(const penstock::Batch& batch, NulRule rule) {
  RowFindings findings;
  findings.mend.resize(batch.chunks());
  for (size_t i = 0; i < batch.chunks(); ++i) ChunkCheck(batch, i, rule, findings).run();
  return findings;
}

std::string_view mended_text(std::string_view text, std::string& scratch) {
  if (!has(text, '\0')) return text;
  scratch.clear();
  for (const char c : text) {
    if (c == '\0') scratch += kReplacement;
    else scratch += c;
  }
  return scratch;
}

std::string_view mended_json(std::string_view json, std::string& scratch) {
  if (!has(json, '\\')) return json;
  scratch = json;
  for (size_t i = 0; i + 1 < scratch.size(); ++i) {
    if (scratch[i] != '\\') continue;
    if (scratch.compare(i, 6, "\\u0000") == 0) scratch.replace(i, 6, "\\ufffd");
    ++i;
  }
  return scratch;
}

}  // namespace timescale_sink
