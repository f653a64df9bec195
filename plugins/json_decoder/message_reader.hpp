// From one message's JSON to points.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "field_names.hpp"
#include "point_builder.hpp"
#include "timestamp.hpp"

namespace json_decoder {

// What one message may ask for.
struct MessageLimits {
  int64_t depth = 64;        // of JSON inside of a member
  int64_t points = 100'000;  // in an array
};

class MessageReader {
 public:
  MessageReader(FieldNames names, std::string root, TimeUnit unit, MessageLimits limits = {})
      : names_(std::move(names)), root_(std::move(root)), unit_(unit), limits_(limits) {}

  // Adds the points of `payload`, which is readable for simdjson::SIMDJSON_PADDING bytes
  // past its end. Returns nothing when well; else the reason, and no point was added:
  // a message is taken whole or not at all.
  // `topic` and `received_us` go into points that have no such thing of their own.
  std::string read(std::string_view payload, std::string_view topic, int64_t received_us,
                   PointBuilder& to);
  // The message that was read last was rejected because of a limit.
  bool over_limit() const { return over_limit_; }

 private:
  using Value = simdjson::ondemand::value;
  using Object = simdjson::ondemand::object;
  using Array = simdjson::ondemand::array;

  // Why a message can't be read; points to text that lives on, or into `reason_`.
  using Reason = const char*;

  // Which of a field's names counts when several occur: the first in its list.
  struct Winners {
    static constexpr uint8_t kNone = 0xFF;
    uint8_t ranks[3] = {kNone, kNone, kNone};  // by Role
    bool known = false;  // ranks are final; other names of the field are metadata

    Meaning decide(Meaning meaning, bool& conflict);
  };

  Reason read_document(std::string_view payload);
  Reason read_points(Array points);
  Reason read_point(Object& object);
  Reason read_members(Object& object, Winners& winners, bool& conflict);
  Reason read_field(Role role, Value& value);
  Reason read_metadata(const Meaning& meaning, std::string_view key, Value& value);
  Reason read_value(Value& value);
  Reason read_quality(Value& value);
  Reason read_time(Value& value);
  Reason failed(const char* what, simdjson::error_code error);
  Reason failed(const char* what, std::string_view shown);
  Reason over(const char* what, int64_t limit);
  // Of JSON that is passed on as it is.
  Reason check_json(const char* what, std::string_view text);

  const FieldNames names_;
  const std::string root_;
  const TimeUnit unit_;
  const MessageLimits limits_;
  simdjson::ondemand::parser parser_;
  std::string reason_;

  // Of the message being read.
  PointBuilder* to_ = nullptr;
  std::string_view topic_;
  int64_t received_us_ = 0;
  // Of the point being read.
  Point point_;
  bool has_value_ = false;
  std::string quality_text_;
  bool over_limit_ = false;
};

}  // namespace json_decoder
