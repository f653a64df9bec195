// One line of InfluxDB line protocol:
// measurement,tag=a,… field=1.5,other=3i,state="on" 1451649600512000000
// https://docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol/
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace line_protocol_decoder {

struct Tag {
  std::string_view key, value;  // as they are written, with their escapes
};

struct Field {
  std::string_view key;
  bool is_text = false;
  std::string_view text;  // between its quotes, with its escapes
  double number = 0;
};

struct Line {
  std::string_view measurement;
  std::vector<Tag> tags;
  std::vector<Field> fields;
  std::string_view time_text;
  std::optional<int64_t> time;
};

struct LineFault {
  enum Kind { kWrong, kTooManyTags, kTooManyFields } kind = kWrong;
  const char* at = nullptr;    // in the text; may be its end
  std::string_view shown;      // a part of the text that `what` is said of, or nothing
  const char* what = nullptr;  // "a field has no value"
};

class LineParser {
 public:
  // The line at the beginning of what is from `at` to `end`, which begins with neither white space
  // nor "#"; `at` is set behind it, or where the fault was found. Allocates only where a line has
  // more tags or fields than all before it; a line with more than kMostTags or `most_fields` fails.
  bool parse(const char*& at, const char* end, size_t most_fields = SIZE_MAX);
  // Gives back what an unusually long line took.
  void start_batch();

  static constexpr size_t kMostTags = 1000;

  const Line& line() const { return line_; }
  const LineFault& fault() const { return fault_; }

 private:
  bool measurement();
  bool tag();
  bool field();
  bool text(Field& field);
  bool number(Field& field);
  bool timestamp();
  // Up to a character of `stops`, or the line's end.
  std::string_view name(std::string_view stops, std::string_view escapable);
  std::string_view token();
  void skip_spaces();
  bool at_line_end() const;
  bool wrong(const char* what, const char* at, std::string_view shown = {});

  static constexpr size_t kKeptFields = 10'000;  // from batch to batch

  const char* at_ = nullptr;
  const char* end_ = nullptr;
  size_t most_fields_ = SIZE_MAX;
  Line line_;
  LineFault fault_;
};

// Where a line ends that can't be read: line breaks inside of quotes are no end.
const char* end_of_line(const char* at, const char* end);

}  // namespace line_protocol_decoder
