#include "letter_rows.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>

#include "message_line.hpp"

namespace file_source {

using namespace penstock;
namespace ondemand = simdjson::ondemand;

struct LetterRows::Reader {
  ondemand::parser parser;
};

std::optional<LetterRows::Builder> LetterRows::builder_for(std::string_view format) {
  if (format == format::kUtf8 || format == format::kBinary) return TextBuilder();
  if (format == format::kLargeUtf8 || format == format::kLargeBinary) return LargeTextBuilder();
  if (decimal_type(format)) return FixedBuilder<Decimal128>();
  if (format == format::kBool) return BoolBuilder();
  if (format == format::kInt8) return FixedBuilder<int8_t>();
  if (format == format::kUint8) return FixedBuilder<uint8_t>();
  if (format == format::kInt16) return FixedBuilder<int16_t>();
  if (format == format::kUint16) return FixedBuilder<uint16_t>();
  if (format == format::kInt32 || format == format::kDate32) return FixedBuilder<int32_t>();
  if (format == format::kUint32) return FixedBuilder<uint32_t>();
  if (format == format::kInt64 || us_per_unit(format) > 0) return FixedBuilder<int64_t>();
  if (format == format::kUint64) return FixedBuilder<uint64_t>();
  if (format == format::kFloat32) return FixedBuilder<float>();
  if (format == format::kFloat64) return FixedBuilder<double>();
  return std::nullopt;
}

namespace {

constexpr std::array<std::string_view, 5> kOwn{"replayed", "node", "reason", "detail", "columns"};
constexpr std::string_view kBase64 = "_base64";

Schema point_columns() {
  return {{"time", format::kTimestampUs},    {"topic", format::kUtf8},
          {"value", format::kFloat64, true}, {"value_str", format::kUtf8, true},
          {"quality", format::kInt16},       {"metadata", format::kUtf8, true}};
}

bool is_text(const Field& field) {
  const std::string& format = field.format;
  return format == format::kUtf8 || format == format::kBinary || format == format::kLargeUtf8 ||
         format == format::kLargeBinary;
}

std::invalid_argument fault(const Field& field, const std::string& what) {
  return std::invalid_argument(field.name + " " + what);
}

// A value without the white space behind it.
std::string_view trimmed(std::string_view token) {
  return token.substr(0, token.find_last_not_of(" \t\r\n") + 1);
}

template <class T>
std::string raw_json(T value) {
  return std::string(std::string_view(value.raw_json()));
}

template <class T>
T number_of(const Field& field, std::string_view token) {
  T number = {};
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), number);
  if (error == std::errc() && end == token.data() + token.size()) return number;
  throw fault(field, "is no number of its column's type: " + std::string(token.substr(0, 40)));
}

template <class T>
T special_number(const Field& field, std::string_view text) {
  if (text == "NaN") return std::numeric_limits<T>::quiet_NaN();
  if (text == "Infinity") return std::numeric_limits<T>::infinity();
  if (text == "-Infinity") return -std::numeric_limits<T>::infinity();
  throw fault(field, "is no number: " + std::string(text.substr(0, 40)));
}

// What a builder holds.
template <class Builder>
struct ValueOf {
  using Type = std::string;
};
template <class T>
struct ValueOf<FixedBuilder<T>> {
  using Type = T;
};
template <>
struct ValueOf<BoolBuilder> {
  using Type = bool;
};

// A time as file_sink writes it, in the column's unit.
int64_t time_of(const Field& field, const std::string& text) {
  const int64_t us = parse_time(text), unit = us_per_unit(field.format);
  if (us % unit != 0) throw fault(field, "has more digits than its column: " + text);
  return us / unit;
}

int32_t date_of(const std::string& text) {
  constexpr int64_t kUsPerDay = 86'400'000'000;
  return static_cast<int32_t>(parse_time(text + "T00:00:00.000000Z") / kUsPerDay);
}

}  // namespace

Schema parse_columns(const std::string& columns) {
  if (columns.empty()) return point_columns();
  Schema schema;
  const auto json = nlohmann::ordered_json::parse(columns);
  for (const auto& [name, type] : json.items()) {
    Field field{name, type.get<std::string>()};
    field.nullable = field.format.ends_with("?");
    if (field.nullable) field.format.pop_back();
    if (!LetterRows::builder_for(field.format)) {
      throw fault(field, "has the Arrow format " + field.format + ", which no letter holds");
    }
    schema.push_back(std::move(field));
  }
  if (schema.empty()) throw std::invalid_argument("columns names none");
  return schema;
}

// Of a column that holds no text; `quoted`: the token stood in a string.
template <class T>
T LetterRows::fixed_value(const Field& field, std::string_view token, bool quoted) {
  if constexpr (std::is_same_v<T, std::string>) {
    return std::string(token);
  } else if constexpr (std::is_same_v<T, bool>) {
    if (token == "true" || token == "false") return token == "true";
    throw fault(field, "is neither true nor false");
  } else if constexpr (std::is_same_v<T, Decimal128>) {
    const std::optional<Decimal128> decimal = parse_decimal(token, *decimal_type(field.format));
    if (quoted && decimal) return *decimal;
    throw fault(field, "is no decimal of its column's type in a string");
  } else if constexpr (std::is_floating_point_v<T>) {
    return quoted ? special_number<T>(field, token) : number_of<T>(field, token);
  } else {
    const bool is_time = us_per_unit(field.format) > 0, is_date = field.format == format::kDate32;
    if ((is_time || is_date) && !quoted) throw fault(field, "is no time in a string");
    if (is_time) return static_cast<T>(time_of(field, std::string(token)));
    if (is_date) return static_cast<T>(date_of(std::string(token)));
    return number_of<T>(field, token);
  }
}

LetterRows::LetterRows(const std::string& columns)
    : are_unnamed_(columns.empty()),
      schema_(parse_columns(columns)),
      reader_(std::make_unique<Reader>()) {
  for (const Field& field : schema_)
    builders_.push_back(std::move(*LetterRows::builder_for(field.format)));
}

LetterRows::~LetterRows() = default;

void LetterRows::read(std::string_view line, std::vector<Value>& values) {
  const simdjson::padded_string padded(line);
  ondemand::document document = reader_->parser.iterate(padded);
  std::vector<bool> seen(schema_.size());
  const auto find = [&](std::string_view name) {
    const auto at = std::find_if(schema_.begin(), schema_.end(),
                                 [&](const Field& field) { return field.name == name; });
    return static_cast<size_t>(at - schema_.begin());
  };
  for (ondemand::field member : document.get_object()) {
    const std::string name(std::string_view(member.unescaped_key()));
    ondemand::value value = member.value();
    size_t at = find(name);
    bool encoded = false;
    if (at == schema_.size() && name.ends_with(kBase64)) {
      at = find(name.substr(0, name.size() - kBase64.size()));
      encoded = at < schema_.size() && is_text(schema_[at]);
      if (!encoded) at = schema_.size();
    }
    if (at == schema_.size()) {
      if (std::find(kOwn.begin(), kOwn.end(), name) != kOwn.end()) continue;
      throw std::invalid_argument("there is no column " + name);
    }
    const Field& field = schema_[at];
    if (seen[at]) throw fault(field, "is there twice");
    seen[at] = true;
    const ondemand::json_type type = value.type();
    std::optional<std::string_view> text;
    if (type == ondemand::json_type::string) text = value.get_string();
    if (encoded) {
      if (!text) throw fault(field, "is not base64 in a string");
      values[at] = decode_base64(*text);
    } else if (type == ondemand::json_type::null) {
      // Earlier versions wrote so what no number was, too.
      if (are_unnamed_) throw fault(field, "may have been NaN or infinite, which its letter lost");
    } else if (is_text(field)) {
      if (text) values[at] = std::string(*text);
      else if (type == ondemand::json_type::object)
        values[at] = raw_json<ondemand::object>(value.get_object());
      else if (type == ondemand::json_type::array)
        values[at] = raw_json<ondemand::array>(value.get_array());
      else values[at] = std::string(trimmed(value.raw_json_token()));
    } else {
      const std::string_view token = text ? *text : trimmed(value.raw_json_token());
      values[at] = std::visit(
          [&](const auto& builder) -> Value {
            using T = typename ValueOf<std::decay_t<decltype(builder)>>::Type;
            return fixed_value<T>(field, token, text.has_value());
          },
          builders_[at]);
    }
  }
}

void LetterRows::add(std::string_view line) {
  std::vector<Value> values(schema_.size());
  read(line, values);
  for (size_t i = 0; i < schema_.size(); ++i) {
    const bool missing = std::holds_alternative<std::monostate>(values[i]);
    if (missing && !schema_[i].nullable) throw fault(schema_[i], "is missing");
  }
  for (size_t i = 0; i < schema_.size(); ++i) {
    std::visit(
        [&](auto& builder) {
          using T = typename ValueOf<std::decay_t<decltype(builder)>>::Type;
          if (std::holds_alternative<std::monostate>(values[i])) builder.push_null();
          else builder.push(std::get<T>(values[i]));
        },
        builders_[i]);
  }
  ++rows_;
}

ArrowArray LetterRows::finish() {
  std::vector<ArrowArray> columns;
  for (Builder& builder : builders_) {
    columns.push_back(std::visit([](auto& each) { return each.finish(); }, builder));
  }
  return make_rows(std::exchange(rows_, 0), std::move(columns));
}

}  // namespace file_source
