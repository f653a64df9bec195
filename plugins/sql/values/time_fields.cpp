#include "values/time_fields.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace sql {
namespace {

bool is_digit_of_time(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_space_of_time(char c) {
  return std::string_view(" \t\n\v\f\r").find(c) != std::string_view::npos;
}
bool is_punctuation(char c) { return c > ' ' && c < 127 && !is_letter(c) && !is_digit_of_time(c); }
char lower_case(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

class FieldReader {
 public:
  FieldReader(std::string_view text, size_t most_bytes) : text_(text), most_bytes_(most_bytes) {}

  std::optional<std::vector<TimeField>> read() {
    std::vector<TimeField> fields;
    size_t bytes = 0;
    while (at_ < text_.size()) {
      if (is_space_of_time(text_[at_])) {
        ++at_;
        continue;
      }
      if (fields.size() == kMostFields) return std::nullopt;
      field_.clear();
      std::optional<TimeField::Kind> kind;
      const char c = text_[at_];
      if (is_digit_of_time(c)) {
        kind = read_number();
      } else if (c == '.') {
        take();
        take_while(is_digit_of_time);
        kind = TimeField::kNumber;
      } else if (is_letter(c)) {
        kind = read_word();
      } else if (c == '+' || c == '-') {
        kind = read_signed();
        if (!kind) return std::nullopt;
      } else if (is_punctuation(c)) {
        ++at_;
        continue;
      } else {
        return std::nullopt;
      }
      bytes += field_.size() + 1;
      if (bytes > most_bytes_) return std::nullopt;
      fields.push_back({*kind, field_});
    }
    return fields;
  }

 private:
  static constexpr size_t kMostFields = 25;  // MAXDATEFIELDS

  char here() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void take() { field_ += lower_case(text_[at_++]); }
  template <class Is>
  void take_while(Is&& is) {
    while (at_ < text_.size() && is(text_[at_])) take();
  }

  TimeField::Kind read_number() {
    take();
    take_while(is_digit_of_time);
    const char delimiter = here();
    if (delimiter == ':') {
      take_while([](char c) { return is_digit_of_time(c) || c == ':' || c == '.'; });
      return TimeField::kTime;
    }
    if (delimiter != '-' && delimiter != '/' && delimiter != '.') return TimeField::kNumber;
    take();
    if (is_digit_of_time(here())) {
      TimeField::Kind kind = delimiter == '.' ? TimeField::kNumber : TimeField::kDate;
      take_while(is_digit_of_time);
      if (here() == delimiter) {
        kind = TimeField::kDate;
        take_while([&](char c) { return is_digit_of_time(c) || c == delimiter; });
      }
      return kind;
    }
    // A month's name, perhaps.
    take_while([&](char c) { return is_digit_of_time(c) || is_letter(c) || c == delimiter; });
    return TimeField::kDate;
  }

  TimeField::Kind read_word() {
    take_while(is_letter);
    const char c = here();
    // A date of which a month comes first, or the name of a zone.
    bool is_date = c == '-' || c == '/' || c == '.';
    if (c == '+' || is_digit_of_time(c))
      is_date = word_of_time(field_).meaning == TimeWord::kUnknown;
    if (!is_date) return TimeField::kString;
    take_while([](char d) {
      return is_digit_of_time(d) || is_letter(d) ||
             std::string_view("+-/_.:").find(d) != std::string_view::npos;
    });
    return TimeField::kDate;
  }

  std::optional<TimeField::Kind> read_signed() {
    take();
    while (at_ < text_.size() && is_space_of_time(text_[at_])) ++at_;
    if (is_digit_of_time(here())) {
      take_while([](char c) { return is_digit_of_time(c) || c == ':' || c == '.' || c == '-'; });
      return TimeField::kZone;
    }
    if (!is_letter(here())) return std::nullopt;
    take_while(is_letter);
    return TimeField::kSpecial;
  }

  std::string_view text_;
  const size_t most_bytes_;
  size_t at_ = 0;
  std::string field_;
};

using Words = std::span<const std::pair<std::string_view, TimeWord>>;

constexpr size_t kMostLetters = 10;  // TOKMAXLEN

TimeWord find_word(Words words, std::string_view word) {
  word = word.substr(0, kMostLetters);
  for (const auto& [name, meaning] : words) {
    if (name.substr(0, kMostLetters) == word) return meaning;
  }
  return {};
}

constexpr TimeWord unit(TimeUnit unit) { return {TimeWord::kUnit, static_cast<int>(unit)}; }
constexpr TimeWord month(int number) { return {TimeWord::kMonth, number}; }
constexpr TimeWord weekday(int number) { return {TimeWord::kWeekday, number}; }

constexpr std::pair<std::string_view, TimeWord> kTimeWords[]{
    {"-infinity", {TimeWord::kMinusInfinite}},
    {"infinity", {TimeWord::kInfinite}},
    {"epoch", {TimeWord::kEpoch}},
    {"now", {TimeWord::kVolatile}},
    {"today", {TimeWord::kVolatile}},
    {"tomorrow", {TimeWord::kVolatile}},
    {"yesterday", {TimeWord::kVolatile}},
    {"allballs", {TimeWord::kMidnight}},
    {"at", {TimeWord::kIgnored}},
    {"on", {TimeWord::kIgnored}},
    {"ad", {TimeWord::kEra, 0}},
    {"bc", {TimeWord::kEra, 1}},
    {"am", {TimeWord::kHalfDay, 0}},
    {"pm", {TimeWord::kHalfDay, 1}},
    {"dst", {TimeWord::kSummer, 3600}},
    {"t", {TimeWord::kTime}},
    {"y", unit(TimeUnit::kYear)},
    {"m", unit(TimeUnit::kMonth)},
    {"d", unit(TimeUnit::kDay)},
    {"h", unit(TimeUnit::kHour)},
    {"mm", unit(TimeUnit::kMinute)},
    {"s", unit(TimeUnit::kSecond)},
    {"j", unit(TimeUnit::kJulian)},
    {"jd", unit(TimeUnit::kJulian)},
    {"julian", unit(TimeUnit::kJulian)},
    {"dow", unit(TimeUnit::kWeekday)},
    {"doy", unit(TimeUnit::kDayOfYear)},
    {"isodow", unit(TimeUnit::kIsoWeekday)},
    {"isoyear", unit(TimeUnit::kIsoYear)},
    {"jan", month(1)},
    {"january", month(1)},
    {"feb", month(2)},
    {"february", month(2)},
    {"mar", month(3)},
    {"march", month(3)},
    {"apr", month(4)},
    {"april", month(4)},
    {"may", month(5)},
    {"jun", month(6)},
    {"june", month(6)},
    {"jul", month(7)},
    {"july", month(7)},
    {"aug", month(8)},
    {"august", month(8)},
    {"sep", month(9)},
    {"sept", month(9)},
    {"september", month(9)},
    {"oct", month(10)},
    {"october", month(10)},
    {"nov", month(11)},
    {"november", month(11)},
    {"dec", month(12)},
    {"december", month(12)},
    {"sun", weekday(0)},
    {"sunday", weekday(0)},
    {"mon", weekday(1)},
    {"monday", weekday(1)},
    {"tue", weekday(2)},
    {"tues", weekday(2)},
    {"tuesday", weekday(2)},
    {"wed", weekday(3)},
    {"weds", weekday(3)},
    {"wednesday", weekday(3)},
    {"thu", weekday(4)},
    {"thur", weekday(4)},
    {"thurs", weekday(4)},
    {"thursday", weekday(4)},
    {"fri", weekday(5)},
    {"friday", weekday(5)},
    {"sat", weekday(6)},
    {"saturday", weekday(6)},
};

constexpr std::pair<std::string_view, TimeWord> kIntervalWords[]{
    {"@", {TimeWord::kIgnored}},
    {"ago", {TimeWord::kAgo}},
    {"infinity", {TimeWord::kInfinite}},
    {"us", unit(TimeUnit::kMicrosecond)},
    {"usec", unit(TimeUnit::kMicrosecond)},
    {"usecs", unit(TimeUnit::kMicrosecond)},
    {"usecond", unit(TimeUnit::kMicrosecond)},
    {"useconds", unit(TimeUnit::kMicrosecond)},
    {"microsecon", unit(TimeUnit::kMicrosecond)},
    {"ms", unit(TimeUnit::kMillisecond)},
    {"msec", unit(TimeUnit::kMillisecond)},
    {"msecs", unit(TimeUnit::kMillisecond)},
    {"msecond", unit(TimeUnit::kMillisecond)},
    {"mseconds", unit(TimeUnit::kMillisecond)},
    {"millisecon", unit(TimeUnit::kMillisecond)},
    {"s", unit(TimeUnit::kSecond)},
    {"sec", unit(TimeUnit::kSecond)},
    {"secs", unit(TimeUnit::kSecond)},
    {"second", unit(TimeUnit::kSecond)},
    {"seconds", unit(TimeUnit::kSecond)},
    {"m", unit(TimeUnit::kMinute)},
    {"min", unit(TimeUnit::kMinute)},
    {"mins", unit(TimeUnit::kMinute)},
    {"minute", unit(TimeUnit::kMinute)},
    {"minutes", unit(TimeUnit::kMinute)},
    {"h", unit(TimeUnit::kHour)},
    {"hr", unit(TimeUnit::kHour)},
    {"hrs", unit(TimeUnit::kHour)},
    {"hour", unit(TimeUnit::kHour)},
    {"hours", unit(TimeUnit::kHour)},
    {"d", unit(TimeUnit::kDay)},
    {"day", unit(TimeUnit::kDay)},
    {"days", unit(TimeUnit::kDay)},
    {"w", unit(TimeUnit::kWeek)},
    {"week", unit(TimeUnit::kWeek)},
    {"weeks", unit(TimeUnit::kWeek)},
    {"mon", unit(TimeUnit::kMonth)},
    {"mons", unit(TimeUnit::kMonth)},
    {"month", unit(TimeUnit::kMonth)},
    {"months", unit(TimeUnit::kMonth)},
    {"qtr", unit(TimeUnit::kQuarter)},
    {"quarter", unit(TimeUnit::kQuarter)},
    {"y", unit(TimeUnit::kYear)},
    {"yr", unit(TimeUnit::kYear)},
    {"yrs", unit(TimeUnit::kYear)},
    {"year", unit(TimeUnit::kYear)},
    {"years", unit(TimeUnit::kYear)},
    {"dec", unit(TimeUnit::kDecade)},
    {"decs", unit(TimeUnit::kDecade)},
    {"decade", unit(TimeUnit::kDecade)},
    {"decades", unit(TimeUnit::kDecade)},
    {"c", unit(TimeUnit::kCentury)},
    {"cent", unit(TimeUnit::kCentury)},
    {"century", unit(TimeUnit::kCentury)},
    {"centuries", unit(TimeUnit::kCentury)},
    {"mil", unit(TimeUnit::kMillennium)},
    {"mils", unit(TimeUnit::kMillennium)},
    {"millennia", unit(TimeUnit::kMillennium)},
    {"millennium", unit(TimeUnit::kMillennium)},
    {"timezone", unit(TimeUnit::kZone)},
    {"timezone_h", unit(TimeUnit::kZoneHour)},
    {"timezone_m", unit(TimeUnit::kZoneMinute)},
};

}  // namespace

std::optional<std::vector<TimeField>> time_fields(std::string_view text, size_t most_bytes) {
  return FieldReader(text, most_bytes).read();
}

TimeWord word_of_time(std::string_view word) { return find_word(kTimeWords, word); }

TimeWord word_of_interval(std::string_view word) { return find_word(kIntervalWords, word); }

}  // namespace sql
