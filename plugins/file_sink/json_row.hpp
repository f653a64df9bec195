// Rows of any columns as NDJSON.
#pragma once

#include <penstock/arrow.h>

#include <string>
#include <string_view>
#include <vector>

namespace file_sink {

class JsonRows {
 public:
  // Columns named in `json_columns` hold JSON text and are written as it is.
  explicit JsonRows(std::vector<std::string> json_columns)
      : json_columns_(std::move(json_columns)) {}

  // Appends one object a row, each with a newline, to `text`. Null columns are left out; text or
  // bytes that are not UTF-8 are written as NAME_base64, decimals as strings.
  //
  // A rejected row, which has a `reason`, is a dead letter (penstock/dead_letter.hpp), from which
  // the row can be made again: `columns` are the names and Arrow formats of what it was, a format
  // with ? may be null; without, it was a message. Its JSON stands there as it is if that is an
  // object or array on one line, and else in a string; numbers that JSON doesn't know are "NaN",
  // "Infinity" and "-Infinity".
  void append(const ArrowSchema& schema, const ArrowArray& chunk, std::string& text) const;

 private:
  void append_value(const ArrowSchema& column, const ArrowArray& values, int64_t row, bool letter,
                    std::string& text) const;

  std::vector<std::string> json_columns_;
};

// A piece of it, for tests.
std::string format_time(int64_t us);  // "2024-01-15T10:30:00.123000Z"

}  // namespace file_sink
