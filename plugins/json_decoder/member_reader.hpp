// From one object to a point for each of its members, named by the way to it.
#pragma once

#include <string>
#include <string_view>

#include "decoding/budget.hpp"
#include "field_names.hpp"
#include "fields.hpp"
#include "point_reader.hpp"

namespace json_decoder {

class MemberReader {
 public:
  MemberReader(const FieldNames& names, int64_t most_depth, Fields& fields, PointReader& points,
               Budget& budget, Words& words)
      : names_(names),
        most_depth_(most_depth),
        fields_(fields),
        points_(points),
        budget_(budget),
        words_(words) {}

  // A point for each member; those of an object inside are named by both, an array's elements by
  // their index. An object that has a value is one point. Time and quality are those of all points
  // of their object and of objects inside, and so are members that are named as metadata.
  Reason read(Object& object, const Inherited& inherited, std::string_view topic, PointBuilder& to);
  // The same of an element of an array.
  Reason read_element(Value& value, size_t index, const Inherited& inherited,
                      std::string_view topic, PointBuilder& to);

 private:
  // What an object says of all its points.
  struct Own {
    explicit Own(const Inherited& from) : inherited(&from) {}

    bool is_point = false;  // it has a value
    uint32_t time_rank = UINT32_MAX, quality_rank = UINT32_MAX;
    const Inherited* inherited;  // from outside, or `changed`
    Inherited changed;
    std::string quality_fault;  // it has a quality, which can't be read

    // Whether a member of this meaning says such a thing.
    bool takes(const Meaning& meaning) const {
      switch (meaning.role) {
        case Role::kTime: return meaning.rank == time_rank;
        case Role::kQuality: return meaning.rank == quality_rank;
        case Role::kMetadata: return meaning.renamed != nullptr;
        default: return false;
      }
    }
  };

  Reason read_own(Object& object, const Inherited& from, Own& own);
  Reason change(Own& own);
  Reason check_text(Value& value, std::string_view& text);
  Reason read_object(Object& object, const Inherited& from, int64_t depth);
  Reason read_array(Array& array, const Inherited& from, int64_t depth);
  Reason read_value(Value& value, const Inherited& from, int64_t depth);
  Reason add_point(Value& value, const Inherited& from);

  const FieldNames& names_;
  const int64_t most_depth_;
  Fields& fields_;
  PointReader& points_;
  Budget& budget_;
  Words& words_;

  // Of the object being read.
  PointBuilder* to_ = nullptr;
  std::string topic_;  // of the value being read
};

}  // namespace json_decoder
