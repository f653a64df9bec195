// Time zones, by the names that PostgreSQL has for them.
#pragma once

#include <penstock/time_zone.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace sql {

class Run;

// "est": a fixed offset, or, where its meaning has changed, what it stood for in a zone.
struct ZoneAbbreviation {
  int32_t east;
  std::string_view zone;  // empty: it is fixed
};
// In lower case.
std::optional<ZoneAbbreviation> find_abbreviation(std::string_view word);

// One of the system's, in any case of letters, or a POSIX specification: "europe/berlin",
// "EST5EDT", "<+02>-2". Null: there is none.
using ZoneRules = std::shared_ptr<const penstock::TimeZone>;
ZoneRules find_time_zone(std::string_view name);

// "+hh", "+hhmm", "+hh:mm[:ss]", in seconds (DecodeTimezone of datetime.c).
enum class OffsetFault { kNone, kFormat, kRange };
OffsetFault read_offset(std::string_view text, int& east);

// What AT TIME ZONE names.
class Zone {
 public:
  // An abbreviation or a zone. Null: there is none. Valid until the next call in this thread.
  static const Zone* find(std::string_view name);
  static std::optional<Zone> of_abbreviation(std::string_view word);
  static Zone of(ZoneRules rules) { return {0, std::move(rules)}; }

  // Seconds east of UTC at a moment, and where a clock shows a time, each in microseconds since
  // 2000.
  int32_t east_at(int64_t moment) const;
  int32_t east_where(int64_t clock) const;
  // The same, without regard to an abbreviation's meaning: date_trunc's.
  int32_t plain_east_at(int64_t moment) const;
  int32_t plain_east_where(int64_t clock) const;
  bool is_of_zone() const { return !abbreviation_.empty(); }

 private:
  Zone(int32_t east, ZoneRules rules) : east_(east), rules_(std::move(rules)) {}

  int32_t east_;
  ZoneRules rules_;
  std::string abbreviation_;  // in upper case; empty: none, or a fixed one
};

// A name of a zone, as data has it, is cut to so many bytes.
inline constexpr size_t kMostBytesOfZoneName = 255;  // TZ_STRLEN_MAX
// As Zone::find. Null: it has failed.
const Zone* zone_named(Run& run, std::string_view name);

}  // namespace sql
