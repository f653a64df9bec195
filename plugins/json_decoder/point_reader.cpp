#include "point_reader.hpp"

#include <algorithm>

namespace json_decoder {

// Members come in any order, and two of a field's names may occur. When they do, which is
// rare, the object is read once more with the winners known.
Reason PointReader::read(Object& object, const Inherited& inherited, std::string_view topic,
                         PointBuilder& to) {
  to_ = &to;
  inherited_ = &inherited;
  const size_t row = to.rows();
  Winners winners;
  bool conflict = false;
  Reason reason = read_members(object, winners, conflict);
  if (conflict && reason != kNotJson) {
    to.truncate(row);
    if (object.reset().error()) return kNotJson;
    winners.known = true;
    reason = read_members(object, winners, conflict);
  }
  if (reason) return reason;
  if (!has_value_) return "there is no value";
  if (!time_us_ && !inherited.time_fault.empty())
    return words_.say(std::string(inherited.time_fault));
  point_.time_us = time_us_.value_or(inherited.time_us);
  if (!quality_text_.empty()) to.add_metadata_string("\"quality_text\"", quality_text_);
  to.push(point_, topic);
  return nullptr;
}

Reason PointReader::read_members(Object& object, Winners& winners, bool& conflict) {
  to_->start_texts();
  if (!inherited_->metadata.empty()) to_->add_metadata_members(inherited_->metadata);
  point_ = {};
  point_.quality = inherited_->quality;
  time_us_.reset();
  has_value_ = false;
  quality_text_.clear();
  if (!inherited_->quality_text.empty()) quality_text_ = inherited_->quality_text;
  Reason field_reason = nullptr;  // of a field, which may yet lose to another name
  for (auto member : object) {
    if (member.error()) return kNotJson;
    // In place: copies of On-Demand's iterators stall on store forwarding (12 ns a member).
    auto&& field = std::move(member).value_unsafe();
    bool escaped = false;
    const std::string_view key = key_text(field.key().raw(), escaped);
    std::string_view name;
    if (const Reason reason = fields_.read_name(key, escaped, name)) return reason;
    Value& value = field.value();
    const Meaning meaning = winners.decide(names_.find(name), conflict);
    if (meaning.role == Role::kMetadata) {
      if (const Reason reason = read_metadata(meaning, key, value)) return reason;
    } else if (!field_reason) {
      field_reason = read_field(meaning.role, value);
    }
  }
  return field_reason;
}

Meaning PointReader::Winners::decide(Meaning meaning, bool& conflict) {
  if (meaning.role == Role::kMetadata) return meaning;
  uint32_t& rank = ranks[static_cast<size_t>(meaning.role)];
  if (known) return rank == meaning.rank ? meaning : Meaning{};
  if (rank != kNone && rank != meaning.rank) conflict = true;
  rank = std::min(rank, meaning.rank);
  return meaning;
}

Reason PointReader::read_field(Role role, Value& value) {
  switch (role) {
    case Role::kValue: has_value_ = true; return fields_.read_value(value, point_, *to_);
    case Role::kQuality:
      return fields_.read_quality(value, *inherited_, point_.quality, quality_text_);
    default: return fields_.read_time(value, time_us_);
  }
}

Reason PointReader::read_metadata(const Meaning& meaning, std::string_view key, Value& value) {
  std::string_view text;
  bool escaped = false;
  const bool is_string = take_string(value, text, escaped);
  if (!is_string || escaped) {
    if (!is_string) {
      if (const Reason reason = fields_.take_text(value, text)) return reason;
    }
    if (const Reason reason = fields_.check_json(text)) return reason;
  }
  const std::string_view quoted(key.data() - 1, key.size() + 2);
  const bool renamed = meaning.renamed && !meaning.renamed->empty();
  to_->add_metadata(renamed ? *meaning.renamed : quoted, text);
  return nullptr;
}

}  // namespace json_decoder
