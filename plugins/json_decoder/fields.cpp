#include "fields.hpp"

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
  }
  return trimmed(token);
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
  } else {
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
      to.set_text(text);
      point.has_text = true;
      return nullptr;
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

template Reason Fields::read_value(Value&, Point&, PointBuilder&);
template Reason Fields::read_value(Document&, Point&, PointBuilder&);

Reason Fields::read_quality(Value& value, int16_t inherited, int16_t& quality,
                            std::string& unknown) {
  JsonType type;
  if (value.type().get(type)) return kNotJson;
  unknown.clear();
  switch (type) {
    case JsonType::number: {
      double number = 0;
      if (value.get_double().get(number) || number < INT16_MIN || number > INT16_MAX ||
          number != static_cast<int16_t>(number)) {
        return words_.say("quality: not a whole number from -32768 to 32767: ", token_of(value));
      }
      quality = static_cast<int16_t>(number);
      return nullptr;
    }
    case JsonType::string: {
      std::string_view name;
      if (const Reason reason = read_string(token_of(value), name)) return reason;
      const std::optional<int16_t> known = quality_of(name);
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
      quality = inherited;
      return nullptr;
    default: return "quality: neither a number, a name, true nor false";
  }
}

Reason Fields::read_time(Value& value, std::optional<int64_t>& time_us) {
  JsonType type;
  if (value.type().get(type)) return kNotJson;
  time_us.reset();
  const std::string_view token = trimmed(value.raw_json_token());
  if (type == JsonType::string) {
    // No escape belongs into a time, so its text is read where it stands.
    const std::string_view text = token.substr(1, token.size() - 2);
    time_us = parse_time(text);
    return time_us ? nullptr : words_.say(why_no_time(text), text);
  }
  if (type == JsonType::number) {
    int64_t whole = 0;
    double number = 0;
    if (value.get_int64().get(whole) == SUCCESS) time_us = from_epoch(whole, unit_);
    else if (value.get_double().get(number) == SUCCESS) time_us = from_epoch(number, unit_);
    return time_us ? nullptr : words_.say("time: out of range: ", token);
  }
  if (type == JsonType::null) return token == "null" ? nullptr : kNotJson;
  return "time: neither a text nor a number";
}

}  // namespace json_decoder
