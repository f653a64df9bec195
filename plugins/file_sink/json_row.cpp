#include "json_row.hpp"

#include <penstock/columns.hpp>
#include <penstock/dead_letter.hpp>
#include <penstock/decimal.hpp>
#include <penstock/json_text.hpp>
#include <penstock/schema.hpp>
#include <penstock/utf8.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <nlohmann/json.hpp>
#include <optional>

namespace file_sink {

using penstock::append_json_string;
using penstock::base64;
using penstock::FixedColumn;
namespace format = penstock::format;

std::string format_time(int64_t us) {
  int64_t seconds = us / 1'000'000, fraction = us % 1'000'000;
  if (fraction < 0) {
    --seconds;
    fraction += 1'000'000;
  }
  const std::time_t time = seconds;
  std::tm parts = {};
  gmtime_r(&time, &parts);
  char text[64];
  const size_t length = std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &parts);
  std::snprintf(text + length, sizeof(text) - length, ".%06lldZ", static_cast<long long>(fraction));
  return text;
}

namespace {

std::string format_date(int32_t day) {
  constexpr int64_t kUsPerDay = 86'400'000'000;
  const std::string text = format_time(day * kUsPerDay);
  return text.substr(0, text.find('T'));
}

template <class T>
void append_number(T value, bool letter, std::string& to) {
  if constexpr (std::is_floating_point_v<T>) {
    // JSON has no such numbers.
    if (!std::isfinite(value)) {
      to += !letter             ? "null"
            : std::isnan(value) ? "\"NaN\""
            : value > 0         ? "\"Infinity\""
                                : "\"-Infinity\"";
      return;
    }
  }
  char text[32];
  const auto end = std::to_chars(text, text + sizeof(text), value).ptr;
  to.append(text, end);
}

// Whether it can be told from text inside of a string, and is read as it was.
bool is_plain_object_or_array(std::string_view json) {
  return json.size() >= 2 && (json.front() == '{' || json.front() == '[') &&
         (json.back() == '}' || json.back() == ']') &&
         json.find_first_of("\r\n") == std::string_view::npos;
}

// The bytes of a text or binary column; nothing of others.
std::optional<std::string_view> bytes_of(std::string_view type, const ArrowArray& values,
                                         int64_t row) {
  if (type == format::kUtf8 || type == format::kBinary) return penstock::TextColumn(values)[row];
  if (type == format::kLargeUtf8 || type == format::kLargeBinary) {
    return penstock::LargeTextColumn(values)[row];
  }
  return std::nullopt;
}

// Of a rejected row: what it was before `node`, `reason` and `detail` were added; "" of a message.
std::string columns_of(const ArrowSchema& schema) {
  penstock::Schema fields = penstock::read_schema(schema);
  std::erase_if(fields, [](const penstock::Field& field) {
    return field.name == "node" || field.name == "reason" || field.name == "detail";
  });
  if (same_columns(fields, penstock::message_schema())) return "";
  std::string text;
  for (const penstock::Field& field : fields) {
    text += text.empty() ? '{' : ',';
    append_json_string(field.name, text);
    text += ':';
    append_json_string(field.format + (field.nullable ? "?" : ""), text);
  }
  return text.empty() ? "{}" : text + "}";
}

}  // namespace

// JSON as one line; text that isn't JSON, which may be why its row was rejected, as a string.
void append_json(std::string_view json, std::string& to) {
  if (!nlohmann::json::accept(json)) {
    append_json_string(json, to);
    return;
  }
  // Between its tokens a line's end is white space, and inside of strings JSON has none.
  for (const char c : json) to += c == '\n' || c == '\r' ? ' ' : c;
}

void JsonRows::append_value(const ArrowSchema& column, const ArrowArray& values, int64_t row,
                            bool letter, std::string& text) const {
  const std::string_view type = column.format;
  if (const auto value = bytes_of(type, values, row)) {
    const bool is_json =
        penstock::is_json(column) ||
        std::find(json_columns_.begin(), json_columns_.end(), column.name) != json_columns_.end();
    if (is_json && (!letter || is_plain_object_or_array(*value))) append_json(*value, text);
    else append_json_string(*value, text);
  } else if (const auto decimal = penstock::decimal_type(type)) {
    const auto number = FixedColumn<penstock::Decimal128>(values)[row];
    append_json_string(penstock::decimal_text(number, decimal->scale), text);
  } else if (const int64_t us = penstock::us_per_unit(type)) {
    append_json_string(format_time(FixedColumn<int64_t>(values)[row] * us), text);
  } else if (type == format::kDate32) {
    append_json_string(format_date(FixedColumn<int32_t>(values)[row]), text);
  } else if (type == format::kBool) {
    text += penstock::BoolColumn(values)[row] ? "true" : "false";
  } else if (type == format::kInt8) {
    append_number(FixedColumn<int8_t>(values)[row], letter, text);
  } else if (type == format::kUint8) {
    append_number(FixedColumn<uint8_t>(values)[row], letter, text);
  } else if (type == format::kUint16) {
    append_number(FixedColumn<uint16_t>(values)[row], letter, text);
  } else if (type == format::kUint32) {
    append_number(FixedColumn<uint32_t>(values)[row], letter, text);
  } else if (type == format::kUint64) {
    append_number(FixedColumn<uint64_t>(values)[row], letter, text);
  } else if (type == format::kFloat32) {
    append_number(FixedColumn<float>(values)[row], letter, text);
  } else if (type == format::kInt16) {
    append_number(FixedColumn<int16_t>(values)[row], letter, text);
  } else if (type == format::kInt32) {
    append_number(FixedColumn<int32_t>(values)[row], letter, text);
  } else if (type == format::kInt64) {
    append_number(FixedColumn<int64_t>(values)[row], letter, text);
  } else if (type == format::kFloat64) {
    append_number(FixedColumn<double>(values)[row], letter, text);
  } else {
    append_json_string("(a column of Arrow format " + std::string(type) + ")", text);
  }
}

void JsonRows::append(const ArrowSchema& schema, const ArrowArray& chunk, std::string& text) const {
  const bool rejected = std::any_of(
      schema.children, schema.children + schema.n_children,
      [](const ArrowSchema* column) { return std::string_view(column->name) == "reason"; });
  const std::string columns = rejected ? columns_of(schema) : "";
  for (int64_t row = 0; row < chunk.length; ++row) {
    char separator = '{';
    if (rejected) {
      text += penstock::letter::kNotReplayed;
      separator = ',';
    }
    for (int64_t i = 0; i < schema.n_children; ++i) {
      const ArrowSchema& column = *schema.children[i];
      const ArrowArray& values = *chunk.children[i];
      if (!penstock::detail::is_valid(values, row)) continue;
      text += separator;
      separator = ',';
      const std::string_view bytes = bytes_of(column.format, values, row).value_or("");
      if (penstock::utf8_fault(bytes)) {
        append_json_string(std::string(column.name) + "_base64", text);
        text += ':';
        append_json_string(base64(bytes), text);
        continue;
      }
      append_json_string(column.name, text);
      text += ':';
      append_value(column, values, row, rejected, text);
    }
    if (!columns.empty()) text += ",\"columns\":" + columns;
    text += separator == '{' ? "{}\n" : "}\n";
  }
}

}  // namespace file_sink
