#include "fields.hpp"

#include <charconv>
#include <cmath>
#include <cstdlib>

#include "field_names.hpp"

namespace json_decoder {

using simdjson::SUCCESS;

namespace {

// Of a scalar.
template <class V>
std::string_view token_of(V& value) {
  std::string_view token;
  if constexpr (std::is_same_v<V, Document>) {
    if (value.raw_json_token().get(token)) return {};
  } else {
    token = value.raw_json_token();
    bool escaped = false;
    if (!token.empty() && token.front() == '"' && take_string(value, token, escaped)) return token;
  }
  return trimmed(token);
}

// False when there is no such quality.
bool quality_of(double number, int16_t& quality) {
  if (!(number >= INT16_MIN && number <= INT16_MAX)) return false;
  quality = static_cast<int16_t>(number);
  return number == quality;
}

std::string_view without_space(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  return trimmed(text);
}

// A text that is a number as JSON writes it. Infinite when it is too large.
bool quoted_number(std::string_view text, double& number) {
  text = without_space(text);
  if (text.empty() || (text[0] != '-' && (text[0] < '0' || text[0] > '9'))) return false;
  if (find_fault(text, 1).kind != JsonFault::kNone) return false;
  const auto error = std::from_chars(text.data(), text.data() + text.size(), number).ec;
  if (error == std::errc::result_out_of_range) {
    // Too small is 0, as it is without quotes.
    number = std::strtod(std::string(text).c_str(), nullptr);
  }
  return true;
}

std::optional<int64_t> epoch_time(std::string_view text, TimeUnit unit) {
  text = without_space(text);
  int64_t whole = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, whole);
  if (read.ec == std::errc() && read.ptr == end) return from_epoch(whole, unit);
  double number = 0;
  quoted_number(text, number);
  return from_epoch(number, unit);
}

}  // namespace

Reason Fields::take_text(Value& value, std::string_view& text) {
  JsonType type;
  if (value.type().get(type)) return kNotJson;
  if (type == JsonType::object) {
    Object object;
    if (value.get_object().get(object) || object.raw_json().get(text)) return kNotJson;
  } else if (type == JsonType::array) {
    Array array;
    if (value.get_array().get(array) || array.raw_json().get(text)) return kNotJson;
  } else if (bool escaped = false; type != JsonType::string || !take_string(value, text, escaped)) {
    text = trimmed(value.raw_json_token());
  }
  return nullptr;
}

Reason Fields::check_json(std::string_view text) {
  switch (find_fault(text, static_cast<int>(most_depth_)).kind) {
    case JsonFault::kNone: return nullptr;
    case JsonFault::kTooDeep: return words_.over("nested deeper than max_depth = ", most_depth_);
    default: return kNotJson;
  }
}

Reason Fields::unescape_name(std::string_view key, std::string_view& name) {
  if (const Reason reason = read_string({key.data() - 1, key.size() + 2}, name)) return reason;
  const size_t size = unescaped_.size();
  unescaped_.append(FieldNames::kReadable, '\0');
  name = {unescaped_.data(), size};
  return nullptr;
}

Reason Fields::read_string(std::string_view quoted, std::string_view& text) {
  if (is_plain_string(quoted)) {
    text = quoted.substr(1, quoted.size() - 2);
    return nullptr;
  }
  if (const Reason reason = check_json(quoted)) return reason;
  unescape(quoted, unescaped_);
  text = unescaped_;
  return nullptr;
}

template <class V>
Reason Fields::read_value(V& value, Point& point, PointBuilder& to) {
  JsonType type;
  if (value.type().get(type)) return kNotJson;
  point.value.reset();
  point.has_text = false;
  switch (type) {
    case JsonType::number: {
      double number = 0;
      if (value.get_double().get(number)) {
        return words_.say("value: not a number that fits: ", token_of(value));
      }
      point.value = number;
      return nullptr;
    }
    case JsonType::boolean: {
      bool flag = false;
      if (value.get_bool().get(flag)) return kNotJson;
      point.value = flag ? 1 : 0;
      return nullptr;
    }
    case JsonType::string: {
      std::string_view text;
      if (const Reason reason = read_string(token_of(value), text)) return reason;
      return value_text(text, point, to);
    }
    case JsonType::null: return token_of(value) == "null" ? nullptr : kNotJson;
    default: break;
  }
  if constexpr (std::is_same_v<V, Value>) {
    std::string_view text;
    if (const Reason reason = take_text(value, text)) return reason;
    if (const Reason reason = check_json(text)) return reason;
    to.set_text(text);
    point.has_text = true;
    return nullptr;
  }
  return "value: not a scalar";
}

Reason Fields::value_text(std::string_view text, Point& point, PointBuilder& to) {
  double number = 0;
  if (options_.quoted_numbers && quoted_number(text, number)) {
    if (!std::isfinite(number)) return words_.say("value: not a number that fits: ", text);
    point.value = number;
    return nullptr;
  }
  to.set_text(text);
  point.has_text = true;
  return nullptr;
}

Reason Fields::no_quality(std::string_view shown) {
  return words_.say("quality: not a whole number from -32768 to 32767: ", shown);
}

template Reason Fields::read_value(Value&, Point&, PointBuilder&);
template Reason Fields::read_value(Document&, Point&, PointBuilder&);

Reason Fields::read_quality(Value& value, const Inherited& inherited, int16_t& quality,
                            std::string& unknown) {
  JsonType type;
  if (value.type().get(type)) return kNotJson;
  unknown.clear();
  switch (type) {
    case JsonType::number: {
      double number = 0;
      const bool fits = value.get_double().get(number) == SUCCESS && quality_of(number, quality);
      return fits ? nullptr : no_quality(token_of(value));
    }
    case JsonType::string: {
      std::string_view name;
      if (const Reason reason = read_string(token_of(value), name)) return reason;
      double number = 0;
      if (options_.quoted_numbers && quoted_number(name, number)) {
        return quality_of(number, quality) ? nullptr : no_quality(name);
      }
      const std::optional<int16_t> known = json_decoder::quality_of(name);
      quality = known.value_or(kUncertain);
      if (!known) unknown = name;
      return nullptr;
    }
    case JsonType::boolean: {
      bool good = false;
      if (value.get_bool().get(good)) return kNotJson;
      quality = good ? kGood : kBad;
      return nullptr;
    }
    case JsonType::null:
      if (token_of(value) != "null") return kNotJson;
      quality = inherited.quality;
      unknown = inherited.quality_text;
      return nullptr;
    default: return "quality: neither a number, a name, true nor false";
  }
}

Reason Fields::read_time(Value& value, std::optional<int64_t>& time_us) {
  JsonType type;
  if (value.type().get(type)) return kNotJson;
  time_us.reset();
  const std::string_view token = token_of(value);
  if (type == JsonType::string) {
    std::string_view text;
    if (const Reason reason = read_string(token, text)) return reason;
    const TimeZone* zone = options_.time_zone ? &*options_.time_zone : nullptr;
    time_us = parse_time(text, zone);
    double number = 0;
    if (time_us || !options_.quoted_numbers || !quoted_number(text, number)) {
      return time_us ? nullptr : words_.say(why_no_time(text), text);
    }
    time_us = epoch_time(text, options_.unit);
    return time_us ? nullptr : words_.say("time: out of range: ", text);
  }
  if (type == JsonType::number) {
    int64_t whole = 0;
    double number = 0;
    if (value.get_int64().get(whole) == SUCCESS) time_us = from_epoch(whole, options_.unit);
    else if (value.get_double().get(number) == SUCCESS) time_us = from_epoch(number, options_.unit);
    return time_us ? nullptr : words_.say("time: out of range: ", token);
  }
  if (type == JsonType::null) return token == "null" ? nullptr : kNotJson;
  return "time: neither a text nor a number";
}

}  // namespace json_decoder
