#include "values/time_zones.hpp"

#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <unordered_map>

#include "evaluation/run.hpp"
#include "values/calendar.hpp"
#include "values/utf8.hpp"

namespace sql {
namespace {

constexpr int64_t kSecondsTo2000 = 10'957 * 86'400LL;

std::string in_case(std::string_view text, char first, char last) {
  std::string changed(text);
  for (char& c : changed) {
    if (c >= first && c <= last) c = static_cast<char>(c ^ 0x20);
  }
  return changed;
}
std::string in_lower_case(std::string_view text) { return in_case(text, 'A', 'Z'); }
std::string in_upper_case(std::string_view text) { return in_case(text, 'a', 'z'); }

// The system's zones, by their names in lower case. The list is read at first use and each zone
// when it is first named.
class SystemZones {
 public:
  static ZoneRules find(const std::string& name) {
    static SystemZones zones;
    const auto found = zones.files_.find(name);
    if (found == zones.files_.end()) return nullptr;
    File& file = found->second;
    std::call_once(file.once, [&] {
      std::string unused;
      auto zone = penstock::TimeZone::load(file.name, unused);
      if (zone) file.zone = std::make_shared<const penstock::TimeZone>(std::move(*zone));
    });
    return file.zone;
  }

 private:
  struct File {
    std::string name;
    std::once_flag once;
    ZoneRules zone;
  };

  SystemZones() {
    const std::filesystem::path folder = penstock::TimeZone::kFolder;
    std::error_code fault;
    std::filesystem::recursive_directory_iterator at(folder, fault), end;
    for (; !fault && at != end; at.increment(fault)) {
      std::error_code unused;
      if (!at->is_regular_file(unused)) continue;
      const std::string name = at->path().lexically_relative(folder).string();
      files_[in_lower_case(name)].name = name;
    }
  }
  std::unordered_map<std::string, File> files_;
};

ZoneRules find_rule(std::string_view name) {
  // What POSIX leaves to the implementation.
  if (name.starts_with(':')) return nullptr;
  const auto rule = penstock::TimeZoneRule::parse(in_upper_case(name));
  if (!rule) return nullptr;
  return std::make_shared<const penstock::TimeZone>(penstock::TimeZone::of(*rule));
}

int64_t seconds_of(int64_t us) { return floor_divide(us, kUsPerSecond) + kSecondsTo2000; }

}  // namespace

OffsetFault read_offset(std::string_view text, int& east) {
  constexpr long kMostHours = 15;  // MAX_TZDISP_HOUR
  if (text.empty() || (text[0] != '+' && text[0] != '-')) return OffsetFault::kFormat;
  const std::string copy(text);
  char* at = nullptr;
  long hour = std::strtol(copy.c_str() + 1, &at, 10), minute = 0, second = 0;
  if (*at == ':') {
    minute = std::strtol(at + 1, &at, 10);
    if (*at == ':') second = std::strtol(at + 1, &at, 10);
  } else if (*at == '\0' && copy.size() > 3) {
    minute = hour % 100;
    hour /= 100;
  }
  if (hour < 0 || hour > kMostHours || minute < 0 || minute > 59 || second < 0 || second > 59)
    return OffsetFault::kRange;
  const auto seconds = static_cast<int>(hour * 3600 + minute * 60 + second);
  east = text[0] == '-' ? -seconds : seconds;
  return *at == '\0' ? OffsetFault::kNone : OffsetFault::kFormat;
}

// pg_tzset of PostgreSQL's pgtz.c.
ZoneRules find_time_zone(std::string_view name) {
  if (name.size() > kMostBytesOfZoneName) return nullptr;
  const std::string lower = in_lower_case(name);
  if (ZoneRules zone = SystemZones::find(lower)) return zone;
  return find_rule(name);
}

std::optional<Zone> Zone::of_abbreviation(std::string_view word) {
  const auto known = find_abbreviation(word);
  if (!known) return std::nullopt;
  if (known->zone.empty()) return Zone(known->east, nullptr);
  ZoneRules rules = find_time_zone(known->zone);
  if (rules == nullptr) return std::nullopt;
  Zone zone(0, std::move(rules));
  zone.abbreviation_ = in_upper_case(word);
  return zone;
}

// Mostly it is the same for all rows.
const Zone* Zone::find(std::string_view name) {
  static thread_local std::string last;
  static thread_local std::optional<Zone> zone;
  if (zone && name == last) return &*zone;
  zone = of_abbreviation(in_lower_case(name));
  if (!zone) {
    ZoneRules rules = find_time_zone(name);
    if (rules == nullptr) return nullptr;
    zone = Zone(0, std::move(rules));
  }
  last = name;
  return &*zone;
}

const Zone* zone_named(Run& run, std::string_view name) {
  name = clipped(name, kMostBytesOfZoneName);
  const Zone* const zone = Zone::find(name);
  if (zone == nullptr) run.fail("22023", "time zone \"" + std::string(name) + "\" not recognized");
  return zone;
}

int32_t Zone::plain_east_at(int64_t moment) const {
  return rules_ ? rules_->east_at(seconds_of(moment)) : east_;
}
int32_t Zone::plain_east_where(int64_t clock) const {
  if (rules_ == nullptr) return east_;
  const int64_t local = seconds_of(clock);
  return static_cast<int32_t>(local - rules_->utc_of(local));
}

// DetermineTimeZoneAbbrevOffsetTS of datetime.c.
int32_t Zone::east_at(int64_t moment) const {
  if (abbreviation_.empty()) return plain_east_at(moment);
  const auto named = rules_->east_called(abbreviation_, moment / kUsPerSecond + kSecondsTo2000);
  return named ? *named : plain_east_at(moment);
}
// DetermineTimeZoneAbbrevOffset.
int32_t Zone::east_where(int64_t clock) const {
  if (abbreviation_.empty()) return plain_east_where(clock);
  const auto named = rules_->east_called(abbreviation_, rules_->utc_of(seconds_of(clock)));
  return named ? *named : plain_east_where(clock);
}

}  // namespace sql
