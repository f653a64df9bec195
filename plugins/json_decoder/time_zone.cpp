#include "time_zone.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "calendar.hpp"

namespace json_decoder {
namespace {

constexpr const char* kFolder = "/usr/share/zoneinfo/";
constexpr int64_t kDay = 86'400, kDaysOf400Years = 146'097;

// Numbers of a TZif file, which are big-endian.
class FileReader {
 public:
  explicit FileReader(std::string_view bytes) : rest_(bytes) {}
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

struct Header {
  char version = 0;
  size_t utc_marks = 0, standard_marks = 0, leaps = 0, times = 0, types = 0, characters = 0;

  bool read(FileReader& file) {
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

// The pieces of a POSIX TZ string.
class RuleReader {
 public:
  explicit RuleReader(std::string_view text) : rest_(text) {}
  bool at_end() const { return rest_.empty(); }
  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool name() {
    size_t size = 0;
    if (take('<')) {
      size = rest_.find('>');
      if (size == std::string_view::npos) return false;
      rest_.remove_prefix(size + 1);
      return size > 0;
    }
    const auto is_letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
    while (size < rest_.size() && is_letter(rest_[size])) ++size;
    rest_.remove_prefix(size);
    return size >= 3;
  }
  bool number(int& value) {
    size_t size = 0;
    value = 0;
    for (; size < rest_.size() && size < 4 && rest_[size] >= '0' && rest_[size] <= '9'; ++size) {
      value = 10 * value + (rest_[size] - '0');
    }
    rest_.remove_prefix(size);
    return size > 0;
  }
  // [+-]hh[:mm[:ss]]
  bool time(int64_t& seconds) {
    const bool minus = take('-');
    if (!minus) take('+');
    int part = 0;
    if (!number(part)) return false;
    seconds = part * 3600LL;
    for (const int unit : {60, 1}) {
      if (!take(':')) break;
      if (!number(part)) return false;
      seconds += int64_t{part} * unit;
    }
    if (minus) seconds = -seconds;
    return true;
  }
  bool day(TimeZoneRule::Day& day) {
    using Day = TimeZoneRule::Day;
    if (!take(',')) return false;
    if (take('M')) {
      day.kind = Day::kMonthWeekDay;
      if (!number(day.month) || !take('.') || !number(day.week) || !take('.')) return false;
      if (!number(day.day) || day.month < 1 || day.month > 12) return false;
      if (day.week < 1 || day.week > 5 || day.day > 6) return false;
    } else {
      day.kind = take('J') ? Day::kJulian : Day::kDayOfYear;
      if (!number(day.day) || day.day > 365) return false;
    }
    return !take('/') || time(day.seconds);
  }

 private:
  std::string_view rest_;
};

// In seconds of local time.
int64_t moment(const TimeZoneRule::Day& day, int year) {
  int64_t days = days_since_1970(year, 1, 1);
  switch (day.kind) {
    case TimeZoneRule::Day::kMonthWeekDay: {
      days = days_since_1970(year, day.month, 1);
      const auto weekday = static_cast<int>(((days + 4) % 7 + 7) % 7);  // 1970 began on a Thursday
      int later = (day.day - weekday + 7) % 7 + (day.week - 1) * 7;
      while (later >= days_of_month(year, day.month)) later -= 7;
      days += later;
      break;
    }
    // From 1 on; the leap day has no number.
    case TimeZoneRule::Day::kJulian:
      days += day.day - 1 + (day.day >= 60 && is_leap_year(year));
      break;
    case TimeZoneRule::Day::kDayOfYear: days += day.day; break;
  }
  return days * kDay + day.seconds;
}

}  // namespace

std::optional<TimeZoneRule> TimeZoneRule::parse(std::string_view text) {
  RuleReader reader(text);
  TimeZoneRule rule;
  int64_t west = 0;
  if (!reader.name() || !reader.time(west)) return std::nullopt;
  rule.standard_east = static_cast<int32_t>(-west);
  if (reader.at_end()) return rule;
  rule.has_summer = true;
  rule.summer_east = rule.standard_east + 3600;
  if (!reader.name()) return std::nullopt;
  RuleReader before = reader;
  if (!before.take(',')) {
    if (!reader.time(west)) return std::nullopt;
    rule.summer_east = static_cast<int32_t>(-west);
  }
  if (!reader.day(rule.summer_begins) || !reader.day(rule.summer_ends) || !reader.at_end()) {
    return std::nullopt;
  }
  return rule;
}

const TimeZone& TimeZone::utc() {
  static const TimeZone zone;
  return zone;
}

std::optional<TimeZone> TimeZone::load(const std::string& name, std::string& why) {
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

std::optional<TimeZone> TimeZone::parse(std::string_view bytes) {
  FileReader file(bytes);
  Header header;
  size_t time_bytes = 4;
  if (!header.read(file)) return std::nullopt;
  if (header.version >= '2') {
    // What follows says the same once more, with 64 bits.
    file.take(header.bytes_behind(time_bytes));
    time_bytes = 8;
    if (!header.read(file)) return std::nullopt;
  }
  // Leap seconds are counted in the folder `right` alone.
  if (!file.has(header.bytes_behind(time_bytes)) || header.types == 0 || header.leaps > 0) {
    return std::nullopt;
  }
  TimeZone zone;
  for (size_t i = 0; i < header.times; ++i) zone.changes_.push_back({file.number(time_bytes), 0});
  std::vector<size_t> types;
  for (size_t i = 0; i < header.times; ++i) types.push_back(static_cast<uint8_t>(file.take(1)[0]));
  std::vector<int32_t> offsets;
  for (size_t i = 0; i < header.types; ++i) {
    offsets.push_back(static_cast<int32_t>(file.number(4)));
    file.take(2);
  }
  for (size_t i = 0; i < header.times; ++i) {
    if (types[i] >= offsets.size()) return std::nullopt;
    zone.changes_[i].east = offsets[types[i]];
  }
  const auto earlier = [](const Change& a, const Change& b) { return a.at < b.at; };
  if (!std::is_sorted(zone.changes_.begin(), zone.changes_.end(), earlier)) return std::nullopt;
  zone.first_east_ = offsets[0];
  file.take(header.characters + header.standard_marks + header.utc_marks);
  const std::string_view footer = file.rest();
  if (time_bytes == 4 || footer.size() <= 2) return zone;
  const std::optional<TimeZoneRule> rule =
      TimeZoneRule::parse(footer.substr(1, footer.find('\n', 1) - 1));
  if (!rule) return std::nullopt;
  if (rule->has_summer) zone.extend(*rule);
  return zone;
}

// The calendar repeats itself after 400 years.
void TimeZone::extend(const TimeZoneRule& rule) {
  constexpr int kYears = 402;
  const int64_t last = changes_.empty() ? INT64_MIN : changes_.back().at;
  const int64_t year_of_last = changes_.empty() ? 1970 : 1970 + last / (kDay * 365) - 1;
  const int first = static_cast<int>(std::clamp<int64_t>(year_of_last, 1800, 2200));
  for (int year = first; year < first + kYears; ++year) {
    Change begin{moment(rule.summer_begins, year) - rule.standard_east, rule.summer_east};
    Change end{moment(rule.summer_ends, year) - rule.summer_east, rule.standard_east};
    if (end.at < begin.at) std::swap(begin, end);
    for (const Change& change : {begin, end}) {
      if (change.at > last) changes_.push_back(change);
    }
  }
  repeats_ = true;
}

int64_t TimeZone::utc_of(int64_t local) const {
  constexpr int64_t k400Years = kDaysOf400Years * kDay;
  if (changes_.empty()) return local - first_east_;
  int64_t moved = 0;
  const int64_t known = changes_.back().at - 2 * kDay;
  if (repeats_ && local > known) moved = ((local - known) / k400Years + 1) * k400Years;
  local -= moved;
  // The change about which there may be a doubt.
  const auto next =
      std::upper_bound(changes_.begin(), changes_.end(), local - kDay,
                       [](int64_t time, const Change& change) { return time < change.at; });
  const int32_t east_before = next == changes_.begin() ? first_east_ : std::prev(next)->east;
  const int64_t before = local - east_before;
  if (next == changes_.end()) return before + moved;
  const int64_t after = local - next->east;
  if (before < next->at && after < next->at) return before + moved;
  if (before > next->at && after >= next->at) return after + moved;
  return std::max(before, after) + moved;
}

}  // namespace json_decoder
