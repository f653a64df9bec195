// Which member of a message means what.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace json_decoder {

enum class Role : uint8_t { kValue, kQuality, kTime, kMetadata };

struct Meaning {
  Role role = Role::kMetadata;
  uint32_t rank = 0;  // place in the list of the field's names, then of a spelling; 0 comes first
  const std::string* renamed = nullptr;  // the quoted name of metadata; empty or none: as it is
};

class FieldNames {
 public:
  // `renames`: from:to. `metadata`: members that stay metadata where others are points.
  FieldNames(const std::vector<std::string>& value, const std::vector<std::string>& quality,
             const std::vector<std::string>& time, const std::vector<std::string>& renames,
             const std::vector<std::string>& metadata = {}, bool ignore_case = false);

  static constexpr size_t kReadable = 8;  // bytes from the start of a key on

  Meaning find(std::string_view key) const {
    const Meaning meaning = find_exact(key);
    return meaning.renamed || !ignore_case_ ? meaning : find_in_any_case(key);
  }

 private:
  struct Entry {
    uint64_t prefix;  // the first eight bytes of the name
    std::string name;
    Role role;
    uint32_t rank;
    std::string renamed;
  };
  Meaning find_exact(std::string_view key) const {
    const uint64_t prefix = prefix_of(key.data(), key.size());
    for (const Entry& entry : entries_) {
      if (entry.prefix != prefix || entry.name.size() != key.size()) continue;
      if (key.size() <= 8 || entry.name == key) return {entry.role, entry.rank, &entry.renamed};
    }
    return {};
  }
  Meaning find_in_any_case(std::string_view key) const;
  void add(const std::string& name, Role role, size_t rank, std::string renamed = "");
  void add(const std::vector<std::string>& names, Role role);

  static uint64_t prefix_of(const char* text, size_t size) {
    static_assert(std::endian::native == std::endian::little);
    uint64_t bytes = 0;
    std::memcpy(&bytes, text, sizeof(bytes));
    return size >= 8 ? bytes : bytes & ((uint64_t{1} << (8 * size)) - 1);
  }

  const bool ignore_case_;
  std::vector<Entry> entries_;
};

}  // namespace json_decoder
