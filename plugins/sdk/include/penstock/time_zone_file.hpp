// Reads the files of the tz database (RFC 8536). To be had with time_zone.hpp.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "penstock/time_zone.hpp"

namespace penstock {
namespace detail {

// Numbers of a TZif file, which are big-endian.
class TimeZoneFileReader {
 public:
  explicit TimeZoneFileReader(std::string_view bytes) : rest_(bytes) {}
  bool has(size_t bytes) const { return rest_.size() >= bytes; }
  std::string_view take(size_t bytes) {
    const std::string_view taken = rest_.substr(0, bytes);
    rest_.remove_prefix(taken.size());
    return taken;
  }
  int64_t number(size_t bytes) {
    uint64_t value = 0;
    for (const char c : take(bytes)) value = value << 8 | static_cast<unsigned char>(c);
    const unsigned unused = 64 - 8 * static_cast<unsigned>(bytes);
    return static_cast<int64_t>(value << unused) >> unused;
  }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

struct TimeZoneFileHeader {
  char version = 0;
  size_t utc_marks = 0, standard_marks = 0, leaps = 0, times = 0, types = 0, characters = 0;

  bool read(TimeZoneFileReader& file) {
    constexpr size_t kSize = 44;
    if (!file.has(kSize) || file.take(4) != "TZif") return false;
    version = file.take(1)[0];
    file.take(15);
    for (size_t* count : {&utc_marks, &standard_marks, &leaps, &times, &types, &characters}) {
      const int64_t number = file.number(4);
      if (number < 0 || number > 100'000) return false;
      *count = static_cast<size_t>(number);
    }
    return true;
  }
  size_t bytes_behind(size_t time_bytes) const {
    return times * (time_bytes + 1) + types * 6 + characters + leaps * (time_bytes + 4) +
           standard_marks + utc_marks;
  }
};

}  // namespace detail

inline std::optional<TimeZone> TimeZone::load(const std::string& name, std::string& why) {
  if (name == "UTC") return utc();
  const auto belongs = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '/' ||
           c == '_' || c == '-' || c == '+';
  };
  const bool is_name =
      !name.empty() && name[0] != '/' && std::all_of(name.begin(), name.end(), belongs);
  std::ifstream file;
  std::error_code unused;
  if (is_name && std::filesystem::is_regular_file(kFolder + name, unused)) {
    file.open(kFolder + name, std::ios::binary);
  }
  if (!file.is_open()) {
    why = "no time zone \"" + name + "\" in " + kFolder + " (package tzdata)";
    return std::nullopt;
  }
  const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  std::optional<TimeZone> zone = parse(bytes);
  if (!zone) why = std::string(kFolder) + name + " is not a time zone that can be read";
  return zone;
}

inline std::optional<TimeZone> TimeZone::parse(std::string_view bytes) {
  detail::TimeZoneFileReader file(bytes);
  detail::TimeZoneFileHeader header;
  size_t time_bytes = 4;
  if (!header.read(file)) return std::nullopt;
  if (header.version >= '2') {
    // What follows says the same once more, with 64 bits.
    file.take(header.bytes_behind(time_bytes));
    time_bytes = 8;
    if (!header.read(file)) return std::nullopt;
  }
  // Leap seconds are counted in the folder `right` alone.
  if (!file.has(header.bytes_behind(time_bytes)) || header.types == 0 || header.types > 255 ||
      header.leaps > 0) {
    return std::nullopt;
  }
  TimeZone zone;
  for (size_t i = 0; i < header.times; ++i)
    zone.changes_.push_back({file.number(time_bytes), 0, 0});
  std::vector<size_t> types;
  for (size_t i = 0; i < header.times; ++i) types.push_back(static_cast<uint8_t>(file.take(1)[0]));
  struct OffsetType {
    int32_t east;
    size_t name;
  };
  std::vector<OffsetType> offsets;
  for (size_t i = 0; i < header.types; ++i) {
    const auto east = static_cast<int32_t>(file.number(4));
    file.take(1);
    offsets.push_back({east, static_cast<uint8_t>(file.take(1)[0])});
  }
  const std::string_view names = file.take(header.characters);
  for (size_t i = 0; i < header.times; ++i) {
    if (types[i] >= offsets.size()) return std::nullopt;
    const OffsetType& type = offsets[types[i]];
    if (type.name >= names.size()) return std::nullopt;
    zone.changes_[i].east = type.east;
    const std::string_view name = names.substr(type.name);
    zone.changes_[i].name = zone.number_of(name.substr(0, name.find('\0')));
  }
  const auto earlier = [](const Change& a, const Change& b) { return a.at < b.at; };
  if (!std::is_sorted(zone.changes_.begin(), zone.changes_.end(), earlier)) return std::nullopt;
  zone.first_east_ = offsets[0].east;
  file.take(header.standard_marks + header.utc_marks);
  const std::string_view footer = file.rest();
  if (time_bytes == 4 || footer.size() <= 2) return zone;
  const std::optional<TimeZoneRule> rule =
      TimeZoneRule::parse(footer.substr(1, footer.find('\n', 1) - 1));
  if (!rule) return std::nullopt;
  if (rule->has_summer) zone.extend(*rule);
  return zone;
}

}  // namespace penstock
