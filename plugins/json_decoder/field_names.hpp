// Which member of a message means what.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace json_decoder {

enum class Role : uint8_t { kValue, kQuality, kTime, kMetadata };

struct Meaning {
  Role role = Role::kMetadata;
  uint8_t rank = 0;                // place in the list of the field's names; 0 comes first
  std::string_view renamed;        // metadata under another name, in quotes; empty: as it is
};

class FieldNames {
 public:
  FieldNames(const std::vector<std::string>& value, const std::vector<std::string>& quality,
             const std::vector<std::string>& time, const std::vector<std::string>& renames);

  // `key` as it stands in the message, without quotes.
  Meaning find(std::string_view key) const {
    // Most keys of most messages are told apart by their length alone.
    if (key.size() < 64 && !(lengths_ >> key.size() & 1)) return {};
    for (const Entry& entry : entries_) {
      if (entry.name == key) return {entry.role, entry.rank, entry.renamed};
    }
    return {};
  }

 private:
  struct Entry {
    std::string name;
    Role role;
    uint8_t rank;
    std::string renamed;
  };
  void add(const std::vector<std::string>& names, Role role);

  std::vector<Entry> entries_;
  uint64_t lengths_ = 0;
};

}  // namespace json_decoder
