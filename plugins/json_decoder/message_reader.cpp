#include "message_reader.hpp"

#include <cstring>

#include "json_text.hpp"
#include "quality.hpp"

namespace json_decoder {
namespace {

using simdjson::error_code;
using simdjson::SUCCESS;
using JsonType = simdjson::ondemand::json_type;

// The text of a scalar, without the white space that On-Demand leaves behind it.
std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\n' || text.back() == '\t' ||
                           text.back() == '\r')) {
    text.remove_suffix(1);
  }
  return text;
}

// The JSON text of a value, consumed whole; not yet checked inside.
error_code raw_text(simdjson::ondemand::value& value, std::string_view& text) {
  JsonType type;
  if (const error_code error = value.type().get(type)) return error;
  if (type == JsonType::object) {
    simdjson::ondemand::object object;
    if (const error_code error = value.get_object().get(object)) return error;
    return object.raw_json().get(text);
  }
  if (type == JsonType::array) {
    simdjson::ondemand::array array;
    if (const error_code error = value.get_array().get(array)) return error;
    return array.raw_json().get(text);
  }
  text = trimmed(value.raw_json_token());
  return SUCCESS;
}

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Topics are repeated for each point, so that a small message could ask for much.
constexpr int64_t kMostBytes = 256 << 20;

// A key as it stands between its quotes; `start` is behind the opening one.
std::string_view key_text(const char* start, bool& escaped) {
  const char* at = quote_or_backslash(start);
  escaped = *at == '\\';
  while (*at == '\\') at = quote_or_backslash(at + 2);
  return {start, static_cast<size_t>(at - start)};
}

}  // namespace

MessageReader::Reason MessageReader::failed(const char* what, error_code error) {
  reason_ = what;
  reason_ += simdjson::error_message(error);
  return reason_.c_str();
}

MessageReader::Reason MessageReader::failed(const char* what, std::string_view shown) {
  constexpr size_t kMostShown = 60;
  reason_ = what;
  reason_ += shown.substr(0, kMostShown);
  if (shown.size() > kMostShown) reason_ += "…";
  return reason_.c_str();
}

MessageReader::Reason MessageReader::over(const char* what, int64_t limit) {
  over_limit_ = true;
  reason_ = what + std::to_string(limit);
  return reason_.c_str();
}

MessageReader::Reason MessageReader::check_json(const char* what, std::string_view text) {
  switch (json_fault(text, static_cast<int>(limits_.depth))) {
    case JsonFault::kNone: return nullptr;
    case JsonFault::kTooDeep: return over("nested deeper than max_depth = ", limits_.depth);
    default: return failed(what, text);
  }
}

std::string MessageReader::read(std::string_view payload, std::string_view topic,
                                int64_t received_us, PointBuilder& to) {
  const size_t before = to.rows();
  to_ = &to;
  topic_ = topic;
  received_us_ = received_us;
  over_limit_ = false;
  const Reason reason = read_document(payload);
  if (!reason) return {};
  to.truncate(before);
  return reason;
}

MessageReader::Reason MessageReader::read_document(std::string_view payload) {
  // RFC 8259, 8.1: a parser may ignore it. Some versions of simdjson do, others don't.
  while (payload.starts_with(kByteOrderMark)) payload.remove_prefix(kByteOrderMark.size());
  simdjson::ondemand::document document;
  const simdjson::padded_string_view padded(payload.data(), payload.size(),
                                            payload.size() + simdjson::SIMDJSON_PADDING);
  if (const error_code error = parser_.iterate(padded).get(document)) {
    return failed("not JSON: ", error);
  }
  if (!root_.empty()) {
    Value points;
    if (document.at_pointer(root_).get(points)) return failed("nothing at root ", root_);
    Object object;
    Array array;
    if (points.get_array().get(array) == SUCCESS) return read_points(array);
    if (points.get_object().get(object) == SUCCESS) return read_point(object);
    return failed("neither object nor array at root ", root_);
  }
  JsonType type;
  if (const error_code error = document.type().get(type)) return failed("not JSON: ", error);
  Reason reason = nullptr;
  if (type == JsonType::object) {
    Object object;
    if (const error_code error = document.get_object().get(object)) {
      return failed("not JSON: ", error);
    }
    reason = read_point(object);
  } else if (type == JsonType::array) {
    Array array;
    if (const error_code error = document.get_array().get(array)) {
      return failed("not JSON: ", error);
    }
    reason = read_points(array);
  } else {
    return "neither an object nor an array of objects";
  }
  if (reason) return reason;
  const char* rest = nullptr;
  if (document.current_location().get(rest) == SUCCESS) return "not JSON: text after the end";
  return nullptr;
}

MessageReader::Reason MessageReader::read_points(Array points) {
  const size_t before = to_->rows(), bytes_before = to_->bytes();
  for (auto element : points) {
    Object object;
    if (const error_code error = element.get_object().get(object)) {
      return error == simdjson::INCORRECT_TYPE ? "an element of the array is not an object"
                                               : failed("not JSON: ", error);
    }
    if (const Reason reason = read_point(object)) return reason;
    if (to_->rows() - before > static_cast<size_t>(limits_.points)) {
      return over("more points than max_points = ", limits_.points);
    }
    if (to_->bytes() - bytes_before > static_cast<size_t>(kMostBytes)) {
      return over("its points have more bytes than ", kMostBytes);
    }
  }
  return to_->rows() == before ? "the array holds no points" : nullptr;
}

// Members come in any order, and two of a field's names may occur. When they do, which is
// rare, the object is read once more with the winners known.
MessageReader::Reason MessageReader::read_point(Object& object) {
  const size_t row = to_->rows();
  Winners winners;
  bool conflict = false;
  Reason reason = read_members(object, winners, conflict);
  if (conflict) {
    to_->truncate(row);
    if (const error_code error = object.reset().error()) return failed("not JSON: ", error);
    winners.known = true;
    reason = read_members(object, winners, conflict);
  }
  if (reason) return reason;
  if (!has_value_) return "there is no value";
  if (!quality_text_.empty()) to_->add_metadata_string("\"quality_text\"", quality_text_);
  to_->push(point_, topic_);
  return nullptr;
}

MessageReader::Reason MessageReader::read_members(Object& object, Winners& winners,
                                                  bool& conflict) {
  to_->start_texts();
  point_ = {};
  point_.time_us = received_us_;
  has_value_ = false;
  quality_text_.clear();
  Reason field_reason = nullptr;  // of a field, which may yet lose to another name
  for (auto member : object) {
    if (member.error()) return failed("not JSON: ", member.error());
    // In place: copies of On-Demand's iterators stall on store forwarding (12 ns a member).
    auto&& field = std::move(member).value_unsafe();
    bool escaped = false;
    const std::string_view key = key_text(field.key().raw(), escaped);
    if (escaped) {
      if (const Reason reason =
              check_json("not JSON: a member's name: ", {key.data() - 1, key.size() + 2})) {
        return reason;
      }
    }
    Value& value = field.value();
    const Meaning meaning = winners.decide(names_.find(key), conflict);
    if (meaning.role == Role::kMetadata) {
      if (const Reason reason = read_metadata(meaning, key, value)) return reason;
    } else if (!field_reason) {
      field_reason = read_field(meaning.role, value);
    }
  }
  return field_reason;
}

Meaning MessageReader::Winners::decide(Meaning meaning, bool& conflict) {
  if (meaning.role == Role::kMetadata) return meaning;
  uint8_t& rank = ranks[static_cast<size_t>(meaning.role)];
  if (known) return rank == meaning.rank ? meaning : Meaning{};
  if (rank != kNone && rank != meaning.rank) conflict = true;
  rank = std::min(rank, meaning.rank);
  return meaning;
}

MessageReader::Reason MessageReader::read_field(Role role, Value& value) {
  switch (role) {
    case Role::kValue: return read_value(value);
    case Role::kQuality: return read_quality(value);
    default: return read_time(value);
  }
}

MessageReader::Reason MessageReader::read_metadata(const Meaning& meaning, std::string_view key,
                                                   Value& value) {
  std::string_view text;
  if (const error_code error = raw_text(value, text)) return failed("not JSON: ", error);
  if (!is_plain_string(text)) {
    if (const Reason reason = check_json("not JSON: ", text)) return reason;
  }
  const std::string_view quoted(key.data() - 1, key.size() + 2);
  const bool renamed = meaning.renamed && !meaning.renamed->empty();
  to_->add_metadata(renamed ? *meaning.renamed : quoted, text);
  return nullptr;
}

MessageReader::Reason MessageReader::read_value(Value& value) {
  JsonType type;
  if (const error_code error = value.type().get(type)) return failed("value: ", error);
  has_value_ = true;
  point_.value.reset();
  point_.has_text = false;
  switch (type) {
    case JsonType::number: {
      double number = 0;
      if (value.get_double().get(number)) {
        return failed("value: not a number that fits: ", trimmed(value.raw_json_token()));
      }
      point_.value = number;
      return nullptr;
    }
    case JsonType::boolean: {
      bool flag = false;
      if (const error_code error = value.get_bool().get(flag)) return failed("value: ", error);
      point_.value = flag ? 1 : 0;
      return nullptr;
    }
    case JsonType::string: {
      std::string_view text;
      if (const error_code error = value.get_string().get(text)) return failed("value: ", error);
      to_->set_text(text);
      point_.has_text = true;
      return nullptr;
    }
    case JsonType::null: {
      bool is_null = false;
      if (value.is_null().get(is_null) || !is_null) return "value: not JSON";
      return nullptr;
    }
    default: {
      std::string_view text;
      if (const error_code error = raw_text(value, text)) return failed("value: ", error);
      if (const Reason reason = check_json("value: not JSON: ", text)) return reason;
      to_->set_text(text);
      point_.has_text = true;
      return nullptr;
    }
  }
}

MessageReader::Reason MessageReader::read_quality(Value& value) {
  JsonType type;
  if (const error_code error = value.type().get(type)) return failed("quality: ", error);
  quality_text_.clear();
  if (type == JsonType::number) {
    const std::string_view shown = trimmed(value.raw_json_token());
    double number = 0;
    if (value.get_double().get(number) || number < INT16_MIN || number > INT16_MAX ||
        number != static_cast<int16_t>(number)) {
      return failed("quality: not a whole number from -32768 to 32767: ", shown);
    }
    point_.quality = static_cast<int16_t>(number);
    return nullptr;
  }
  if (type == JsonType::string) {
    std::string_view name;
    if (const error_code error = value.get_string().get(name)) return failed("quality: ", error);
    const std::optional<int16_t> known = quality_of(name);
    point_.quality = known.value_or(kUncertain);
    if (!known) quality_text_ = name;
    return nullptr;
  }
  bool is_null = false;
  if (type == JsonType::null && value.is_null().get(is_null) == SUCCESS && is_null) {
    point_.quality = kGood;  // as if absent
    return nullptr;
  }
  return "quality: neither a number nor a name";
}

MessageReader::Reason MessageReader::read_time(Value& value) {
  JsonType type;
  if (const error_code error = value.type().get(type)) return failed("time: ", error);
  std::optional<int64_t> time;
  if (type == JsonType::string) {
    // No escape belongs into a time, so its text is read where it stands.
    std::string_view text = trimmed(value.raw_json_token());
    text = text.substr(1, text.size() - 2);
    time = parse_rfc3339(text);
    if (!time) return failed("time: not RFC 3339, such as 2024-01-15T10:30:00.123Z: ", text);
  } else if (type == JsonType::number) {
    const std::string_view shown = trimmed(value.raw_json_token());
    int64_t whole = 0;
    double number = 0;
    if (value.get_int64().get(whole) == SUCCESS) time = from_epoch(whole, unit_);
    else if (value.get_double().get(number) == SUCCESS) time = from_epoch(number, unit_);
    if (!time) return failed("time: out of range: ", shown);
  } else {
    bool is_null = false;
    const bool absent =
        type == JsonType::null && value.is_null().get(is_null) == SUCCESS && is_null;
    if (!absent) return "time: neither a text nor a number";
    time = received_us_;
  }
  point_.time_us = *time;
  return nullptr;
}

}  // namespace json_decoder
