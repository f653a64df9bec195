#include "text_encoder.hpp"

#include <simdjson.h>
#include <penstock/columns.hpp>

#include <cstring>

#include "json_scan.hpp"
#include "wire.hpp"

namespace timescale_sink {
namespace {

// `Column` is a BasicTextColumn, of either width.

// MaxAllocSize in PostgreSQL's memutils.h, minus a value's header.
constexpr size_t kLargestValue = 0x3FFF'FFFF - 64;
constexpr const char* kTooLarge = "larger than 1 GB";
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr char kJsonbVersion = 1;

bool has(std::string_view text, char c) {
  return !text.empty() && std::memchr(text.data(), c, text.size()) != nullptr;
}

// The bytes of all rows, which are contiguous.
template <class Column>
std::string_view bytes_of(const Column& column, int64_t rows) {
  const std::string_view first = column[0], last = column[rows - 1];
  return {first.data(), static_cast<size_t>(last.data() + last.size() - first.data())};
}

// Each row is UTF-8 if all of them together are and no row begins within a character.
template <class Column>
bool all_utf8(const Column& column, int64_t rows, std::string_view all) {
  if (!simdjson::validate_utf8(all)) return false;
  for (int64_t row = 0; row < rows; ++row) {
    const std::string_view text = column[row];
    if (!text.empty() && (static_cast<unsigned char>(text[0]) & 0xC0) == 0x80) return false;
  }
  return true;
}

// A column of good rows costs one scan of its bytes.
template <class Column>
void judge_text(const Column& column, int64_t rows, NulRule rule, Judgement& to) {
  if (rows == 0) return;
  const std::string_view all = bytes_of(column, rows);
  if (all.size() <= kLargestValue && !has(all, '\0') && all_utf8(column, rows, all)) return;
  for (int64_t row = 0; row < rows; ++row) {
    if (!column.valid(row)) continue;
    const std::string_view text = column[row];
    if (text.size() > kLargestValue) to.unfit.push_back({row, kTooLarge});
    else if (!simdjson::validate_utf8(text)) to.unfit.push_back({row, "not UTF-8"});
    else if (!has(text, '\0')) continue;
    else if (rule == NulRule::kReject) to.unfit.push_back({row, "U+0000"});
    else to.mended.push_back(row);
  }
}

// `Mend` has size(text) and put(at, text), for texts with U+0000, which are rare. Each value has
// `prefix` bytes before it.
template <class Column, class Mend>
void measure_texts(const ColumnChunk& chunk, RowNumbers rows, uint32_t prefix, const Mend& mend,
                   uint32_t* bytes) {
  const Column column(chunk.values);
  for (size_t i = 0; i < rows.size(); ++i) {
    bytes[i] += kLengthBytes;
    if (!column.valid(rows[i])) continue;
    const std::string_view text = column[rows[i]];
    bytes[i] += prefix + static_cast<uint32_t>(chunk.mend ? mend.size(text) : text.size());
  }
}

class TextMend {
 public:
  size_t size(std::string_view text) const {
    size_t size = text.size();
    for (const char c : text) size += c == '\0' ? kReplacement.size() - 1 : 0;
    return size;
  }
  void put(char*& at, std::string_view text) const {
    for (const char c : text) {
      if (c == '\0') put_bytes(at, kReplacement);
      else *at++ = c;
    }
  }
};

template <class Column>
class TextEncoder final : public ColumnEncoder {
 public:
  TextEncoder(NulRule rule, size_t most_bytes) : rule_(rule), most_bytes_(most_bytes) {}

  void judge(const ArrowArray& values, int64_t rows, Judgement& to) const override {
    const Column column(values);
    judge_text(column, rows, rule_, to);
    for (int64_t row = 0; most_bytes_ > 0 && row < rows; ++row) {
      if (!column.valid(row) || TextMend().size(column[row]) <= most_bytes_) continue;
      to.unfit.push_back({row, "longer than " + std::to_string(most_bytes_) + " bytes"});
    }
  }
  void measure(const ColumnChunk& chunk, RowNumbers rows, uint32_t* bytes) override {
    measure_texts<Column>(chunk, rows, 0, TextMend(), bytes);
  }
  void write(const ColumnChunk& chunk, RowNumbers rows, char** at) override {
    const Column column(chunk.values);
    for (size_t i = 0; i < rows.size(); ++i) {
      if (!column.valid(rows[i])) {
        put(at[i], kNullLength);
        continue;
      }
      const std::string_view text = column[rows[i]];
      if (chunk.mend) {
        put(at[i], static_cast<int32_t>(TextMend().size(text)));
        TextMend().put(at[i], text);
      } else {
        put(at[i], static_cast<int32_t>(text.size()));
        put_bytes(at[i], text);
      }
    }
  }

 private:
  const NulRule rule_;
  const size_t most_bytes_;
};

// In JSON U+0000 is written \u0000, and replaced in place.
class JsonMend {
 public:
  size_t size(std::string_view json) const { return json.size(); }
  void put(char*& at, std::string_view json) const {
    char* const begin = at;
    put_bytes(at, json);
    for (char* c = begin; c + 1 < at; ++c) {
      if (*c != '\\') continue;
      if (at - c >= 6 && std::memcmp(c, "\\u0000", 6) == 0) std::memcpy(c, "\\ufffd", 6);
      ++c;
    }
  }
};

template <class Column>
class JsonbEncoder final : public ColumnEncoder {
 public:
  JsonbEncoder(NulRule rule, bool staged) : rule_(rule), prefix_(staged ? 0 : 1) {}

  void judge(const ArrowArray& values, int64_t rows, Judgement& to) const override {
    const Column column(values);
    judge_text(column, rows, NulRule::kReject, to);  // JSON has no unescaped U+0000
    judge_json(column, rows, to);
  }
  void measure(const ColumnChunk& chunk, RowNumbers rows, uint32_t* bytes) override {
    measure_texts<Column>(chunk, rows, prefix_, JsonMend(), bytes);
  }
  void write(const ColumnChunk& chunk, RowNumbers rows, char** at) override {
    const Column column(chunk.values);
    for (size_t i = 0; i < rows.size(); ++i) {
      if (!column.valid(rows[i])) {
        put(at[i], kNullLength);
        continue;
      }
      const std::string_view json = column[rows[i]];
      put(at[i], static_cast<int32_t>(json.size() + prefix_));
      if (prefix_) *at[i]++ = kJsonbVersion;
      if (chunk.mend) JsonMend().put(at[i], json);
      else put_bytes(at[i], json);
    }
  }

 private:
  // Only values with a backslash, or long enough for too many digits, are scanned. A short number
  // with a huge exponent is left to the server.
  void judge_json(const Column& column, int64_t rows, Judgement& to) const {
    constexpr size_t kLong = 16'383;  // numeric's digits after the decimal point
    const std::string_view all = rows > 0 ? bytes_of(column, rows) : std::string_view();
    if (!has(all, '\\') && all.size() < kLong) return;
    for (int64_t row = 0; row < rows; ++row) {
      if (!column.valid(row)) continue;
      const std::string_view json = column[row];
      if (json.size() < kLong && !has(json, '\\')) continue;
      const JsonFindings found = scan_json(json);
      if (found.fault) to.unfit.push_back({row, found.fault});
      else if (!found.has_nul) continue;
      else if (rule_ == NulRule::kReject) to.unfit.push_back({row, "U+0000"});
      else to.mended.push_back(row);
    }
  }

  const NulRule rule_;
  const uint32_t prefix_;
};

template <class Column>
class BytesEncoder final : public ColumnEncoder {
 public:
  void judge(const ArrowArray& values, int64_t rows, Judgement& to) const override {
    const Column column(values);
    if (rows == 0 || bytes_of(column, rows).size() <= kLargestValue) return;
    for (int64_t row = 0; row < rows; ++row) {
      if (column.valid(row) && column[row].size() > kLargestValue) {
        to.unfit.push_back({row, kTooLarge});
      }
    }
  }
  void measure(const ColumnChunk& chunk, RowNumbers rows, uint32_t* bytes) override {
    measure_texts<Column>({chunk.values, false}, rows, 0, TextMend(), bytes);
  }
  void write(const ColumnChunk& chunk, RowNumbers rows, char** at) override {
    const Column column(chunk.values);
    for (size_t i = 0; i < rows.size(); ++i) {
      if (!column.valid(rows[i])) {
        put(at[i], kNullLength);
        continue;
      }
      put(at[i], static_cast<int32_t>(column[rows[i]].size()));
      put_bytes(at[i], column[rows[i]]);
    }
  }
};

}  // namespace

ColumnEncoderPtr text_encoder(NulRule rule, bool large, size_t most_bytes) {
  if (large) return std::make_unique<TextEncoder<penstock::LargeTextColumn>>(rule, most_bytes);
  return std::make_unique<TextEncoder<penstock::TextColumn>>(rule, most_bytes);
}
ColumnEncoderPtr jsonb_encoder(NulRule rule, bool large, bool staged) {
  if (large) return std::make_unique<JsonbEncoder<penstock::LargeTextColumn>>(rule, staged);
  return std::make_unique<JsonbEncoder<penstock::TextColumn>>(rule, staged);
}
ColumnEncoderPtr bytes_encoder(bool large) {
  if (large) return std::make_unique<BytesEncoder<penstock::LargeTextColumn>>();
  return std::make_unique<BytesEncoder<penstock::TextColumn>>();
}

}  // namespace timescale_sink
