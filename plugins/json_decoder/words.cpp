#include "words.hpp"

#include <utility>

namespace json_decoder {

std::string_view remedy_of(std::string_view reason) {
  constexpr std::pair<std::string_view, std::string_view> kRemedies[] = {
      {"there is no value",
       "name the member that holds it in value, or set point_per = \"member\" if each member is "
       "one"},
      {"neither an object nor an array", "set bare_values = true if values come by themselves"},
      {"time: no zone", "set time_zone to the zone of the plant's clocks"},
      {"time: out of range", "time_unit says what a time that is a number counts"},
      {"nothing at root", "root says where the points are"},
      {"not gzip: it does not begin", "set compression = \"auto\" if only some are compressed"},
  };
  for (const auto& [part, remedy] : kRemedies) {
    if (reason.find(part) != std::string_view::npos) return remedy;
  }
  return {};
}

Reason say(Words& words, const JsonFault& fault, std::string_view payload, long long most_depth) {
  if (fault.kind == JsonFault::kNone) return kNotJson;
  if (fault.kind == JsonFault::kTooDeep)
    return words.over("nested deeper than max_depth = ", most_depth);
  words.clear();
  std::string text = "not JSON: ";
  if (!fault.shown.empty()) text.append("\"").append(fault.shown).append("\" ");
  text.append(fault.what).append(" (at byte ");
  text.append(std::to_string(fault.at - payload.data() + 1)).append(")");
  return words.say(std::move(text));
}

}  // namespace json_decoder
