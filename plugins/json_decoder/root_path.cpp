#include "root_path.hpp"

#include <algorithm>
#include <charconv>

namespace json_decoder {
namespace {

std::string step_of(std::string_view escaped) {
  std::string step;
  for (size_t i = 0; i < escaped.size(); ++i) {
    const bool escape = escaped[i] == '~' && i + 1 < escaped.size();
    if (escape && escaped[i + 1] == '0') step += '~', ++i;
    else if (escape && escaped[i + 1] == '1') step += '/', ++i;
    else step += escaped[i];
  }
  return step;
}

}  // namespace

RootPath::RootPath(const std::string& pointer, bool keep, const FieldNames& names, Fields& fields,
                   Words& words)
    : pointer_(pointer), keep_(keep), names_(names), fields_(fields), words_(words) {
  for (size_t at = 0; at < pointer.size();) {
    const size_t end = std::min(pointer.find('/', at + 1), pointer.size());
    steps_.push_back(step_of(std::string_view(pointer).substr(at + 1, end - at - 1)));
    at = end;
  }
}

Reason RootPath::nothing_there() { return words_.say("nothing at root ", pointer_); }

Reason RootPath::find(Document& document, Inherited& around, std::string_view& found) {
  found = {};
  has_time_ = false;
  JsonType type;
  if (document.type().get(type)) return kNotJson;
  Reason reason = nullptr;
  if (type == JsonType::object) {
    Object object;
    if (document.get_object().get(object)) return kNotJson;
    reason = enter_object(object, 0, around, found);
  } else if (type == JsonType::array) {
    Array array;
    if (document.get_array().get(array)) return kNotJson;
    reason = enter_array(array, 0, around, found);
  } else {
    return nothing_there();
  }
  if (reason) return reason;
  const char* rest = nullptr;
  if (document.current_location().get(rest) == simdjson::SUCCESS) return kNotJson;
  return found.empty() ? nothing_there() : nullptr;
}

Reason RootPath::enter(Value& value, size_t step, Inherited& around, std::string_view& found) {
  if (step == steps_.size()) return fields_.take_text(value, found);
  JsonType type;
  if (value.type().get(type)) return kNotJson;
  if (type == JsonType::object) {
    Object object;
    if (value.get_object().get(object)) return kNotJson;
    return enter_object(object, step, around, found);
  }
  if (type == JsonType::array) {
    Array array;
    if (value.get_array().get(array)) return kNotJson;
    return enter_array(array, step, around, found);
  }
  return nothing_there();
}

// Of two names of a time the one listed first counts, of one name given twice the last, as in a
// point; of several objects the innermost, whose end is read first.
Reason RootPath::enter_object(Object& object, size_t step, Inherited& around,
                              std::string_view& found) {
  bool entered = false, has_time = false;
  uint32_t time_rank = UINT32_MAX;
  std::optional<int64_t> time_us;
  std::string time_fault;
  std::string_view time_key, time_text;
  const auto add_metadata = [&](std::string_view key, std::string_view text) {
    if (keep_) add_member(around.metadata, key, text);
  };
  for (auto member : object) {
    if (member.error()) return kNotJson;
    auto&& field = std::move(member).value_unsafe();
    bool escaped = false;
    const std::string_view key = key_text(field.key().raw(), escaped);
    const std::string_view quoted(key.data() - 1, key.size() + 2);
    std::string_view name;
    if (const Reason reason = fields_.read_name(key, escaped, name)) return reason;
    Value& value = field.value();
    if (name == steps_[step]) {
      if (entered) return words_.say("root: more than one member is named ", name);
      entered = true;
      if (const Reason reason = enter(value, step + 1, around, found)) return reason;
      continue;
    }
    const Meaning meaning = names_.find(name);
    std::string_view text;
    if (const Reason reason = fields_.take_text(value, text)) return reason;
    if (const Reason reason = fields_.check_json(text)) return reason;
    if (meaning.role == Role::kTime && meaning.rank <= time_rank) {
      if (meaning.rank < time_rank && !time_key.empty()) add_metadata(time_key, time_text);
      time_key = quoted;
      time_text = text;
      time_rank = meaning.rank;
      const Reason reason = fields_.read_time(value, time_us);
      time_fault = reason ? reason : "";
      has_time = reason || time_us;
    } else {
      const bool renamed = meaning.renamed && !meaning.renamed->empty();
      add_metadata(renamed ? std::string_view(*meaning.renamed) : quoted, text);
    }
  }
  if (has_time && !has_time_) {
    has_time_ = true;
    around.time_us = time_us.value_or(around.time_us);
    around.time_fault = std::move(time_fault);
  }
  return nullptr;
}

Reason RootPath::enter_array(Array& array, size_t step, Inherited& around,
                             std::string_view& found) {
  const std::string& wanted = steps_[step];
  size_t index = 0, at = 0;
  const auto [end, error] = std::from_chars(wanted.data(), wanted.data() + wanted.size(), index);
  const bool is_index = error == std::errc() && end == wanted.data() + wanted.size();
  for (auto element : array) {
    if (element.error()) return kNotJson;
    auto&& value = std::move(element).value_unsafe();
    std::string_view text;
    Reason reason = nullptr;
    if (is_index && at++ == index) {
      reason = enter(value, step + 1, around, found);
    } else {
      reason = fields_.take_text(value, text);
      if (!reason) reason = fields_.check_json(text);
    }
    if (reason) return reason;
  }
  return nullptr;
}

}  // namespace json_decoder
