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

namespace {

constexpr std::array<std::string_view, 5> kOwn{"replayed", "node", "reason", "detail", "columns"};
constexpr std::string_view kBase64 = "_base64";

Schema point_columns() {
  return {{"time", format::kTimestampUs},    {"topic", format::kUtf8},
          {"value", format::kFloat64, true}, {"value_str", format::kUtf8, true},
          {"quality", format::kInt16},       {"metadata", format::kUtf8, true}};
}

bool is_text(const Field& field) {
  return field.format == format::kUtf8 || field.format == format::kBinary;
}

bool is_time(const Field& field) { return field.format.starts_with("tsu:"); }

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

int64_t integer_of(const Field& field, std::string_view token) {
  if (field.format == format::kInt16) return number_of<int16_t>(field, token);
  if (field.format == format::kInt32) return number_of<int32_t>(field, token);
  return number_of<int64_t>(field, token);
}

double special_number(const Field& field, std::string_view text) {
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "Infinity") return std::numeric_limits<double>::infinity();
  if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
  throw fault(field, "is no number: " + std::string(text.substr(0, 40)));
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
    const bool known = is_text(field) || is_time(field) || field.format == format::kInt16 ||
                       field.format == format::kInt32 || field.format == format::kInt64 ||
                       field.format == format::kFloat64;
    if (!known)
      throw fault(field, "has the Arrow format " + field.format + ", which no letter holds");
    schema.push_back(std::move(field));
  }
  if (schema.empty()) throw std::invalid_argument("columns names none");
  return schema;
}

LetterRows::LetterRows(const std::string& columns)
    : are_unnamed_(columns.empty()),
      schema_(parse_columns(columns)),
      reader_(std::make_unique<Reader>()) {
  for (const Field& field : schema_) {
    if (is_text(field)) builders_.emplace_back(std::in_place_type<TextBuilder>);
    else if (field.format == format::kInt16) builders_.emplace_back(FixedBuilder<int16_t>());
    else if (field.format == format::kInt32) builders_.emplace_back(FixedBuilder<int32_t>());
    else if (field.format == format::kFloat64) builders_.emplace_back(FixedBuilder<double>());
    else builders_.emplace_back(FixedBuilder<int64_t>());
  }
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
    } else if (is_time(field)) {
      if (!text) throw fault(field, "is no time in a string");
      values[at] = parse_time(std::string(*text));
    } else if (field.format == format::kFloat64) {
      values[at] = text ? special_number(field, *text)
                        : number_of<double>(field, trimmed(value.raw_json_token()));
    } else {
      values[at] = integer_of(field, text ? *text : trimmed(value.raw_json_token()));
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
          using Of = std::decay_t<decltype(builder)>;
          const Value& value = values[i];
          if (std::holds_alternative<std::monostate>(value)) builder.push_null();
          else if constexpr (std::is_same_v<Of, TextBuilder>)
            builder.push(std::get<std::string>(value));
          else if constexpr (std::is_same_v<Of, FixedBuilder<double>>)
            builder.push(std::get<double>(value));
          else if constexpr (std::is_same_v<Of, FixedBuilder<int16_t>>)
            builder.push(static_cast<int16_t>(std::get<int64_t>(value)));
          else if constexpr (std::is_same_v<Of, FixedBuilder<int32_t>>)
            builder.push(static_cast<int32_t>(std::get<int64_t>(value)));
          else builder.push(std::get<int64_t>(value));
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
