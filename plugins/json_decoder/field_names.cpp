#include "field_names.hpp"

#include <algorithm>

namespace json_decoder {

namespace {

constexpr unsigned kSpellingBits = 24;  // of a rank

}  // namespace

FieldNames::FieldNames(const std::vector<std::string>& value,
                       const std::vector<std::string>& quality,
                       const std::vector<std::string>& time,
                       const std::vector<std::string>& renames,
                       const std::vector<std::string>& metadata, bool ignore_case)
    : ignore_case_(ignore_case) {
  add(value, Role::kValue);
  add(quality, Role::kQuality);
  add(time, Role::kTime);
  for (const std::string& rename : renames) {
    const size_t colon = rename.find(':');
    if (colon == std::string::npos) continue;  // `check` has complained
    add(rename.substr(0, colon), Role::kMetadata, 0, '"' + rename.substr(colon + 1) + '"');
  }
  add(metadata, Role::kMetadata);
}

Meaning FieldNames::find_in_any_case(std::string_view key) const {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  for (const Entry& entry : entries_) {
    const bool same = std::equal(key.begin(), key.end(), entry.name.begin(), entry.name.end(),
                                 [&](char a, char b) { return lower(a) == lower(b); });
    if (!same) continue;
    // So that another spelling in the same object is another name.
    uint32_t differs = 0;
    for (size_t i = 0; i < key.size(); ++i) {
      if (key[i] != entry.name[i]) differs |= uint32_t{1} << i % kSpellingBits;
    }
    return {entry.role, entry.rank | differs, &entry.renamed};
  }
  return {};
}

void FieldNames::add(const std::vector<std::string>& names, Role role) {
  for (size_t i = 0; i < names.size(); ++i) add(names[i], role, i);
}

void FieldNames::add(const std::string& name, Role role, size_t rank, std::string renamed) {
  std::string padded = name;
  padded.resize(std::max<size_t>(name.size(), 8));
  entries_.push_back({prefix_of(padded.data(), name.size()), name, role,
                      static_cast<uint32_t>(rank) << kSpellingBits, std::move(renamed)});
}

}  // namespace json_decoder
