#include "flow/row_json.hpp"

#include <fmt/format.h>
#include <penstock/columns.hpp>
#include <penstock/decimal.hpp>
#include <penstock/schema.hpp>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string_view>

#include "telemetry/utc_text.hpp"

namespace penstock::engine {
namespace {

using Json = nlohmann::json;

std::string time_text(int64_t us) { return utc_text(UtcTime(std::chrono::microseconds(us)), 6); }

std::string quoted(std::string_view text) {
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

// A row is one line. In JSON line breaks stand between values alone.
void append_without_line_breaks(std::string_view json, std::string& to) {
  std::copy_if(json.begin(), json.end(), std::back_inserter(to),
               [](char c) { return c != '\n' && c != '\r'; });
}

// What is JSON already goes in as it is: an object in any column, and any value in a column of
// JSON.
void append_text(std::string_view text, bool is_json, std::string& to) {
  const bool is_accepted = (is_json || text.starts_with('{')) && Json::accept(text);
  if (!is_accepted) to += quoted(text);
  else if (text.find_first_of("\n\r") == text.npos) to += text;
  else append_without_line_breaks(text, to);
}

template <class T>
bool append_number(const ArrowArray& column, int64_t row, std::string& to) {
  const FixedColumn<T> values(column);
  // JSON has no word for what is no number.
  const bool is_number = values.valid(row) && std::isfinite(static_cast<double>(values[row]));
  if (is_number) fmt::format_to(std::back_inserter(to), "{}", values[row]);
  else to += "null";
  return true;
}

template <class Column>
bool append_text_of(const ArrowArray& column, int64_t row, bool is_json, std::string& to) {
  const Column texts(column);
  if (texts.valid(row)) append_text(texts[row], is_json, to);
  else to += "null";
  return true;
}

// False: the column has no generic form.
bool append_value(const ArrowSchema& schema, const ArrowArray& column, int64_t row,
                  std::string& to) {
  const std::string_view format = schema.format;
  const bool is_json = penstock::is_json(schema);
  if (format == format::kUtf8 || format == format::kBinary) {
    return append_text_of<TextColumn>(column, row, is_json, to);
  }
  if (format == format::kLargeUtf8 || format == format::kLargeBinary) {
    return append_text_of<LargeTextColumn>(column, row, is_json, to);
  }
  // In quotes, since readers of JSON make doubles of numbers.
  if (const auto type = decimal_type(format)) {
    const FixedColumn<Decimal128> values(column);
    to += values.valid(row) ? '"' + decimal_text(values[row], type->scale) + '"' : "null";
    return true;
  }
  if (const int64_t us = us_per_unit(format)) {
    const FixedColumn<int64_t> times(column);
    if (times.valid(row)) to += '"' + time_text(times[row] * us) + '"';
    else to += "null";
    return true;
  }
  if (format == format::kDate32) {
    const FixedColumn<int32_t> days(column);
    constexpr int64_t kUsPerDay = 86'400'000'000;
    if (days.valid(row)) to += '"' + time_text(days[row] * kUsPerDay).substr(0, 10) + '"';
    else to += "null";
    return true;
  }
  if (format == format::kBool) {
    const BoolColumn values(column);
    to += !values.valid(row) ? "null" : values[row] ? "true" : "false";
    return true;
  }
  if (format == format::kInt8) return append_number<int8_t>(column, row, to);
  if (format == format::kUint8) return append_number<uint8_t>(column, row, to);
  if (format == format::kUint16) return append_number<uint16_t>(column, row, to);
  if (format == format::kUint32) return append_number<uint32_t>(column, row, to);
  if (format == format::kUint64) return append_number<uint64_t>(column, row, to);
  if (format == format::kFloat32) return append_number<float>(column, row, to);
  if (format == format::kInt16) return append_number<int16_t>(column, row, to);
  if (format == format::kInt32) return append_number<int32_t>(column, row, to);
  if (format == format::kInt64) return append_number<int64_t>(column, row, to);
  if (format == format::kFloat64) return append_number<double>(column, row, to);
  return false;
}

}  // namespace

std::string row_json(const ArrowSchema& schema, const ArrowArray& chunk, int64_t row) {
  std::string json = "{";
  for (int64_t i = 0; i < schema.n_children; ++i) {
    const size_t before = json.size();
    if (before > 1) json += ',';
    json += quoted(schema.children[i]->name) + ':';
    if (!append_value(*schema.children[i], *chunk.children[i], row, json)) json.resize(before);
  }
  return json + "}";
}

}  // namespace penstock::engine
