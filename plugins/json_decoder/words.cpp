#include "words.hpp"

#include <utility>

namespace json_decoder {

std::string shortened(std::string_view text, size_t most_bytes) {
  if (text.size() <= most_bytes) return std::string(text);
  const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; };
  while (most_bytes > 0 && continues(text[most_bytes])) --most_bytes;
  return std::string(text.substr(0, most_bytes)) + "…";
}

std::string grouped(size_t number) {
  std::string text = std::to_string(number);
  for (size_t i = text.size(); i > 3;) text.insert(i -= 3, ",");
  return text;
}

std::string_view remedy_of(std::string_view reason) {
  constexpr std::pair<std::string_view, std::string_view> kRemedies[] = {
      {"there is no value",
       "name the member that holds it in value, or set point_per = \"member\" if each member is "
       "one"},
      {"neither an object nor an array", "set bare_values = true if values come by themselves"},
      {"time: no zone", "set time_zone to the zone of the plant's clocks"},
      {"time: out of range", "time_unit says what a time that is a number counts"},
      {"nothing at root", "root says where the points are"},
  };
  for (const auto& [part, remedy] : kRemedies) {
    if (reason.find(part) != std::string_view::npos) return remedy;
  }
  return {};
}

Reason Words::say(const char* what, std::string_view shown) { return say(what + shortened(shown)); }

Reason Words::say(std::string text) {
  text_ = std::move(text);
  return text_.c_str();
}

Reason Words::over(const char* what, long long limit) {
  over_limit_ = true;
  text_ = what + std::to_string(limit);
  return text_.c_str();
}

Reason Words::say(const JsonFault& fault, std::string_view payload, long long most_depth) {
  if (fault.kind == JsonFault::kNone) return kNotJson;
  if (fault.kind == JsonFault::kTooDeep) return over("nested deeper than max_depth = ", most_depth);
  over_limit_ = false;
  std::string text = "not JSON: ";
  if (!fault.shown.empty()) text.append("\"").append(fault.shown).append("\" ");
  text.append(fault.what).append(" (at byte ");
  text.append(std::to_string(fault.at - payload.data() + 1)).append(")");
  return say(std::move(text));
}

}  // namespace json_decoder
