// From one object to one point.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "field_names.hpp"
#include "fields.hpp"

namespace json_decoder {

class PointReader {
 public:
  PointReader(const FieldNames& names, Fields& fields, Words& words)
      : names_(names), fields_(fields), words_(words) {}

  // Adds a point; when there is a reason not to, it may leave texts behind, for `truncate`.
  Reason read(Object& object, const Inherited& inherited, std::string_view topic, PointBuilder& to);

 private:
  // Which of a field's names counts when several occur: the first in its list.
  struct Winners {
    static constexpr uint32_t kNone = UINT32_MAX;
    uint32_t ranks[3] = {kNone, kNone, kNone};  // by Role
    bool known = false;  // ranks are final; other names of the field are metadata

    Meaning decide(Meaning meaning, bool& conflict);
  };

  // Flattened: what reads one field has several callers, so it would not be inlined, which costs 6
  // % of a message's instructions (bench/micro/decoder_bench.cpp).
  [[gnu::flatten]] Reason read_members(Object& object, Winners& winners, bool& conflict);
  Reason read_field(Role role, Value& value);
  Reason read_metadata(const Meaning& meaning, std::string_view key, Value& value);

  const FieldNames& names_;
  Fields& fields_;
  Words& words_;

  // Of the point being read.
  PointBuilder* to_ = nullptr;
  const Inherited* inherited_ = nullptr;
  Point point_;
  bool has_value_ = false;
  std::optional<int64_t> time_us_;
  std::string quality_text_;
};

}  // namespace json_decoder
