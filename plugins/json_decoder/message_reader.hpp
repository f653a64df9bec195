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

class MessageReader {
 public:
  MessageReader(FieldNames names, std::string root, TimeUnit unit)
      : names_(std::move(names)), root_(std::move(root)), unit_(unit) {}

  // Adds the points of `payload`, which is readable for simdjson::SIMDJSON_PADDING bytes
  // past its end. Returns nothing when well; else the reason, and no point was added:
  // a message is taken whole or not at all.
  // `topic` and `received_us` go into points that have no such thing of their own.
  std::string read(std::string_view payload, std::string_view topic, int64_t received_us,
                   PointBuilder& to);

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

  const FieldNames names_;
  const std::string root_;
  const TimeUnit unit_;
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
};

}  // namespace json_decoder
