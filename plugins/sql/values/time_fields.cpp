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
  explicit FieldReader(std::string_view text) : text_(text) {}

  std::optional<std::vector<TimeField>> read() {
    std::vector<TimeField> fields;
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
      is_date = word_of_time(field_).meaning == TimeWord::kUnknown || is_zone();
    if (!is_date) return TimeField::kString;
    take_while([](char d) {
      return is_digit_of_time(d) || is_letter(d) ||
             std::string_view("+-/_.:").find(d) != std::string_view::npos;
    });
    return TimeField::kDate;
  }
  bool is_zone() const { return word_of_time(field_).meaning == TimeWord::kZone; }

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
    {"-infinity", {TimeWord::kMinusInfinity}},
    {"infinity", {TimeWord::kInfinity}},
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

// PostgreSQL's default set of abbreviations, in seconds east of UTC (pg_timezone_abbrevs).
constexpr std::pair<std::string_view, int> kZones[]{
    {"acdt", 37800},   {"acsst", 37800},  {"acst", 34200},  {"act", -18000},  {"acwst", 31500},
    {"adt", -10800},   {"aedt", 39600},   {"aesst", 39600}, {"aest", 36000},  {"aft", 16200},
    {"akdt", -28800},  {"akst", -32400},  {"almst", 25200}, {"almt", 21600},  {"amst", 14400},
    {"amt", -14400},   {"anast", 43200},  {"anat", 43200},  {"arst", -10800}, {"art", -10800},
    {"ast", -14400},   {"awsst", 32400},  {"awst", 28800},  {"azost", 0},     {"azot", -3600},
    {"azst", 14400},   {"azt", 14400},    {"bdst", 7200},   {"bdt", 21600},   {"bnt", 28800},
    {"bort", 28800},   {"bot", -14400},   {"bra", -10800},  {"brst", -7200},  {"brt", -10800},
    {"bst", 3600},     {"btt", 21600},    {"cadt", 37800},  {"cast", 34200},  {"cct", 28800},
    {"cdt", -18000},   {"cest", 7200},    {"cet", 3600},    {"cetdst", 7200}, {"chadt", 49500},
    {"chast", 45900},  {"chut", 36000},   {"ckt", -36000},  {"clst", -10800}, {"clt", -10800},
    {"cot", -18000},   {"cst", -21600},   {"cxt", 25200},   {"davt", 25200},  {"ddut", 36000},
    {"easst", -18000}, {"east", -18000},  {"eat", 10800},   {"edt", -14400},  {"eest", 10800},
    {"eet", 7200},     {"eetdst", 10800}, {"egst", 0},      {"egt", -3600},   {"est", -18000},
    {"fet", 10800},    {"fjst", 46800},   {"fjt", 43200},   {"fkst", -10800}, {"fkt", -10800},
    {"fnst", -3600},   {"fnt", -7200},    {"galt", -21600}, {"gamt", -32400}, {"gest", 14400},
    {"get", 14400},    {"gft", -10800},   {"gilt", 43200},  {"gmt", 0},       {"gyt", -14400},
    {"hkt", 28800},    {"hst", -36000},   {"ict", 25200},   {"idt", 10800},   {"iot", 21600},
    {"irkst", 28800},  {"irkt", 28800},   {"irt", 12600},   {"ist", 7200},    {"jayt", 32400},
    {"jst", 32400},    {"kdt", 36000},    {"kgst", 21600},  {"kgt", 21600},   {"kost", 39600},
    {"krast", 25200},  {"krat", 25200},   {"kst", 32400},   {"lhdt", 39600},  {"lhst", 37800},
    {"ligt", 36000},   {"lint", 50400},   {"lkt", 19800},   {"magst", 39600}, {"magt", 39600},
    {"mart", -34200},  {"mawt", 18000},   {"mdt", -21600},  {"mest", 7200},   {"mesz", 7200},
    {"met", 3600},     {"metdst", 7200},  {"mez", 3600},    {"mht", 43200},   {"mmt", 23400},
    {"mpt", 36000},    {"msd", 14400},    {"msk", 10800},   {"mst", -25200},  {"must", 18000},
    {"mut", 14400},    {"mvt", 18000},    {"myt", 28800},   {"ndt", -9000},   {"nft", -12600},
    {"novst", 25200},  {"novt", 25200},   {"npt", 20700},   {"nst", -12600},  {"nut", -39600},
    {"nzdt", 46800},   {"nzst", 43200},   {"nzt", 43200},   {"omsst", 21600}, {"omst", 21600},
    {"pdt", -25200},   {"pet", -18000},   {"petst", 43200}, {"pett", 43200},  {"pgt", 36000},
    {"pht", 28800},    {"pkst", 21600},   {"pkt", 18000},   {"pmdt", -7200},  {"pmst", -10800},
    {"pont", 39600},   {"pst", -28800},   {"pwt", 32400},   {"pyst", -10800}, {"pyt", -10800},
    {"ret", 14400},    {"sadt", 37800},   {"sast", 7200},   {"sct", 14400},   {"sgt", 28800},
    {"taht", -36000},  {"tft", 18000},    {"tjt", 18000},   {"tkt", 46800},   {"tmt", 18000},
    {"tot", 46800},    {"trut", 36000},   {"tvt", 43200},   {"uct", 0},       {"ulast", 32400},
    {"ulat", 28800},   {"ut", 0},         {"utc", 0},       {"uyst", -7200},  {"uyt", -10800},
    {"uzst", 21600},   {"uzt", 18000},    {"vet", -14400},  {"vlast", 36000}, {"vlat", 36000},
    {"volt", 10800},   {"vut", 39600},    {"wadt", 28800},  {"wakt", 43200},  {"wast", 25200},
    {"wat", 3600},     {"wdt", 32400},    {"wet", 0},       {"wetdst", 3600}, {"wft", 43200},
    {"wgst", -7200},   {"wgt", -10800},   {"xjt", 21600},   {"yakst", 32400}, {"yakt", 32400},
    {"yapt", 36000},   {"yekst", 21600},  {"yekt", 18000},  {"z", 0},         {"zulu", 0}};

constexpr std::pair<std::string_view, TimeWord> kIntervalWords[]{
    {"@", {TimeWord::kIgnored}},
    {"ago", {TimeWord::kAgo}},
    {"infinity", {TimeWord::kInfinity}},
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

std::optional<std::vector<TimeField>> time_fields(std::string_view text) {
  return FieldReader(text).read();
}

TimeWord word_of_time(std::string_view word) {
  for (const auto& [name, seconds] : kZones) {
    if (name == word) return {TimeWord::kZone, seconds};
  }
  return find_word(kTimeWords, word);
}

TimeWord word_of_interval(std::string_view word) { return find_word(kIntervalWords, word); }

}  // namespace sql
