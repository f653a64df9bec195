#include "attributes.hpp"

#include <penstock/json_text.hpp>

#include <algorithm>

#include "mqtt_text.hpp"

namespace mqtt_source {

void Attributes::clear() {
  seen_ = 0;
  json_.clear();
  user_.clear();
  if (json_.capacity() > kMostKept) std::string().swap(json_);
  if (clean_.capacity() > kMostKept) std::string().swap(clean_);
  if (user_.capacity() * sizeof(user_[0]) > kMostKept) decltype(user_)().swap(user_);
}

void Attributes::begin(std::string_view name, std::string_view ending) {
  json_ += json_.empty() ? "{\"" : ",\"";
  json_.append(name).append(ending) += "\":";
}

void Attributes::string(std::string_view text) {
  penstock::append_json_string(clean_text(text, clean_), json_);
}

void Attributes::number(std::string_view name, uint32_t value) {
  begin(name);
  json_ += std::to_string(value);
}

void Attributes::text(std::string_view name, std::string_view value) {
  begin(name);
  string(value);
}

void Attributes::bytes(std::string_view name, std::string_view value) {
  begin(name, "_base64");
  json_ += '"';
  penstock::append_base64(value, json_);
  json_ += '"';
}

void Attributes::add_user() {
  begin("user_properties");
  json_ += '{';
  // By name; values of one name in the order in which they came.
  std::stable_sort(user_.begin(), user_.end(),
                   [](const auto& one, const auto& other) { return one.first < other.first; });
  for (auto at = user_.begin(); at != user_.end();) {
    const auto end =
        std::find_if(at, user_.end(), [&](const auto& each) { return each.first != at->first; });
    string(at->first);
    json_ += ':';
    const bool is_list = end - at > 1;
    if (is_list) json_ += '[';
    for (; at != end; ++at) {
      string(at->second);
      if (is_list) json_ += at + 1 == end ? ']' : ',';
    }
    if (end != user_.end()) json_ += ',';
  }
  json_ += '}';
}

size_t Attributes::append_to(std::string& to) {
  if (!user_.empty()) add_user();
  const size_t size = json_.empty() ? 0 : json_.size() + 1;
  if (size > 0) to.append(json_) += '}';
  clear();
  return size;
}

}  // namespace mqtt_source
