// The fields of a point, each from one value of JSON.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "decoding/point_builder.hpp"
#include "inherited.hpp"
#include "timestamp.hpp"
#include "words.hpp"

namespace json_decoder {

using Value = simdjson::ondemand::value;
using Object = simdjson::ondemand::object;
using Array = simdjson::ondemand::array;
using Document = simdjson::ondemand::document;
using JsonType = simdjson::ondemand::json_type;

// The text of a scalar, without the white space that On-Demand leaves behind it.
inline std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\n' || text.back() == '\t' ||
                           text.back() == '\r')) {
    text.remove_suffix(1);
  }
  return text;
}

// A key as it stands between its quotes; `start` is behind the opening one.
inline std::string_view key_text(const char* start, bool& escaped) {
  const char* at = quote_or_backslash(start);
  escaped = *at == '\\';
  while (*at == '\\') at = quote_or_backslash(at + 2);
  return {start, static_cast<size_t>(at - start)};
}

struct FieldOptions {
  TimeUnit unit = TimeUnit::kAuto;
  std::optional<TimeZone> time_zone = {};  // of times that name none
  bool quoted_numbers = false;             // a text that is a number is taken as that
};

// A string with its quotes, which is consumed; false for anything else. A string that is left where
// it stands, before a colon, On-Demand takes for a key when it goes on (json_iterator::skip_child).
inline bool take_string(Value& value, std::string_view& quoted, bool& escaped) {
  simdjson::ondemand::raw_json_string string;
  if (value.get_raw_json_string().get(string)) return false;
  const std::string_view text = key_text(string.raw(), escaped);
  quoted = {text.data() - 1, text.size() + 2};
  return true;
}

class Fields {
 public:
  Fields(const FieldOptions& options, int64_t most_depth, Words& words)
      : options_(options), most_depth_(most_depth), words_(words) {}

  // `V`: a Value, or a Document that is a scalar.
  template <class V>
  Reason read_value(V& value, Point& point, PointBuilder& to);
  // A name that nobody knows goes into `unknown`, which is emptied else; null is as if absent.
  Reason read_quality(Value& value, const Inherited& inherited, int16_t& quality,
                      std::string& unknown);
  // Nothing in `time_us` for null, which is as if absent.
  Reason read_time(Value& value, std::optional<int64_t>& time_us);

  // The text of a value, consumed whole; of objects and arrays not yet checked inside.
  Reason take_text(Value& value, std::string_view& text);
  // Of JSON that is passed on as it is.
  Reason check_json(std::string_view text);
  // The name that a key stands for, with what FieldNames needs behind it; as long as
  // `read_string`'s.
  Reason read_name(std::string_view key, bool escaped, std::string_view& name) {
    name = key;
    return escaped ? unescape_name(key, name) : nullptr;
  }
  // What a string says; `text` is of this class until the next call, or of the message.
  Reason read_string(std::string_view quoted, std::string_view& text);

 private:
  Reason unescape_name(std::string_view key, std::string_view& name);
  Reason value_text(std::string_view text, Point& point, PointBuilder& to);
  Reason no_quality(std::string_view shown);

  const FieldOptions& options_;
  const int64_t most_depth_;
  Words& words_;
  std::string unescaped_;
};

}  // namespace json_decoder
