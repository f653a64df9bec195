#include "field_names.hpp"

namespace json_decoder {

FieldNames::FieldNames(const std::vector<std::string>& value,
                       const std::vector<std::string>& quality,
                       const std::vector<std::string>& time,
                       const std::vector<std::string>& renames) {
  add(value, Role::kValue);
  add(quality, Role::kQuality);
  add(time, Role::kTime);
  for (const std::string& rename : renames) {
    const size_t colon = rename.find(':');
    if (colon == std::string::npos) continue;  // `check` has complained
    entries_.push_back({rename.substr(0, colon), Role::kMetadata, 0,
                        '"' + rename.substr(colon + 1) + '"'});
  }
  for (const Entry& entry : entries_) {
    if (entry.name.size() < 64) lengths_ |= uint64_t{1} << entry.name.size();
  }
}

void FieldNames::add(const std::vector<std::string>& names, Role role) {
  for (size_t i = 0; i < names.size(); ++i) {
    entries_.push_back({names[i], role, static_cast<uint8_t>(i), ""});
  }
}

}  // namespace json_decoder
