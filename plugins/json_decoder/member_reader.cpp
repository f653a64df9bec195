#include "member_reader.hpp"

namespace json_decoder {

Reason MemberReader::read(Object& object, const Inherited& inherited, std::string_view topic,
                          PointBuilder& to) {
  to_ = &to;
  topic_ = topic;
  const size_t before = to.rows();
  if (const Reason reason = read_object(object, inherited, 1)) return reason;
  return to.rows() == before ? "no member is a point" : nullptr;
}

Reason MemberReader::read_element(Value& value, size_t index, const Inherited& inherited,
                                  std::string_view topic, PointBuilder& to) {
  to_ = &to;
  topic_ = topic;
  topic_.append("/").append(std::to_string(index));
  return read_value(value, inherited, 1);
}

// Most objects say nothing of their own, and what is around them may be long.
Reason MemberReader::change(Own& own) {
  if (own.inherited == &own.changed) return nullptr;
  budget_.add_copied(own.inherited->metadata.size() + own.inherited->quality_text.size());
  if (const Reason over = budget_.check(*to_)) return over;
  own.changed = *own.inherited;
  own.inherited = &own.changed;
  return nullptr;
}

Reason MemberReader::check_text(Value& value, std::string_view& text) {
  const Reason reason = fields_.take_text(value, text);
  return reason ? reason : fields_.check_json(text);
}

Reason MemberReader::read_own(Object& object, const Inherited& from, Own& own) {
  for (auto member : object) {
    if (member.error()) return kNotJson;
    auto&& field = std::move(member).value_unsafe();
    bool escaped = false;
    const std::string_view key = key_text(field.key().raw(), escaped);
    std::string_view name, text;
    if (const Reason reason = fields_.read_name(key, escaped, name)) return reason;
    const Meaning meaning = names_.find(name);
    Value& value = field.value();
    if (meaning.role == Role::kValue) {
      own.is_point = true;
    } else if (meaning.role == Role::kTime && meaning.rank <= own.time_rank) {
      if (const Reason over = change(own)) return over;
      own.time_rank = meaning.rank;
      std::optional<int64_t> time_us;
      const Reason fault = fields_.read_time(value, time_us);
      own.changed.time_fault = fault ? fault : time_us ? "" : from.time_fault;
      own.changed.time_us = time_us.value_or(from.time_us);
      if (!fault) continue;
      if (const Reason reason = check_text(value, text)) return reason;
    } else if (meaning.role == Role::kQuality && meaning.rank <= own.quality_rank) {
      if (const Reason over = change(own)) return over;
      own.quality_rank = meaning.rank;
      const Reason fault =
          fields_.read_quality(value, from, own.changed.quality, own.changed.quality_text);
      own.quality_fault = fault ? fault : "";
      if (!fault) continue;
      if (const Reason reason = check_text(value, text)) return reason;
    } else if (meaning.role == Role::kMetadata && meaning.renamed) {
      if (const Reason over = change(own)) return over;
      if (const Reason reason = check_text(value, text)) return reason;
      const std::string_view quoted(key.data() - 1, key.size() + 2);
      add_member(own.changed.metadata, meaning.renamed->empty() ? quoted : *meaning.renamed, text);
    }
  }
  return own.quality_fault.empty() ? nullptr : words_.say(own.quality_fault);
}

Reason MemberReader::read_object(Object& object, const Inherited& from, int64_t depth) {
  if (depth > most_depth_) return words_.over("nested deeper than max_depth = ", most_depth_);
  Own own(from);
  const Reason own_reason = read_own(object, from, own);
  if (own_reason == kNotJson || object.reset().error()) return kNotJson;
  if (budget_.is_exceeded()) return own_reason;
  if (own.is_point) {
    if (const Reason reason = points_.read(object, from, topic_, *to_)) return reason;
    return budget_.check(*to_);
  }
  if (own_reason) return own_reason;
  const size_t topic_size = topic_.size();
  for (auto member : object) {
    if (member.error()) return kNotJson;
    auto&& field = std::move(member).value_unsafe();
    bool escaped = false;
    const std::string_view key = key_text(field.key().raw(), escaped);
    std::string_view name;
    if (const Reason reason = fields_.read_name(key, escaped, name)) return reason;
    if (own.takes(names_.find(name))) continue;
    topic_.append("/").append(name);
    if (const Reason reason = read_value(field.value(), *own.inherited, depth + 1)) return reason;
    topic_.resize(topic_size);
  }
  return nullptr;
}

Reason MemberReader::read_array(Array& array, const Inherited& from, int64_t depth) {
  if (depth > most_depth_) return words_.over("nested deeper than max_depth = ", most_depth_);
  const size_t topic_size = topic_.size();
  size_t index = 0;
  for (auto element : array) {
    if (element.error()) return kNotJson;
    auto&& value = std::move(element).value_unsafe();
    topic_.append("/").append(std::to_string(index++));
    if (const Reason reason = read_value(value, from, depth + 1)) return reason;
    topic_.resize(topic_size);
  }
  return nullptr;
}

Reason MemberReader::read_value(Value& value, const Inherited& from, int64_t depth) {
  JsonType type;
  if (value.type().get(type)) return kNotJson;
  if (type == JsonType::object) {
    Object object;
    if (value.get_object().get(object)) return kNotJson;
    return read_object(object, from, depth);
  }
  if (type == JsonType::array) {
    Array array;
    if (value.get_array().get(array)) return kNotJson;
    return read_array(array, from, depth);
  }
  return add_point(value, from);
}

Reason MemberReader::add_point(Value& value, const Inherited& from) {
  to_->start_texts();
  if (!from.metadata.empty()) to_->add_metadata_members(from.metadata);
  Point point;
  if (const Reason reason = fields_.read_value(value, point, *to_)) return reason;
  if (!from.time_fault.empty()) return words_.say(std::string(from.time_fault));
  point.time_us = from.time_us;
  point.quality = from.quality;
  if (!from.quality_text.empty()) {
    to_->add_metadata_string("\"quality_text\"", from.quality_text);
  }
  to_->push(point, topic_);
  return budget_.check(*to_);
}

}  // namespace json_decoder
