// From one message's lines to points.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "decoding/bad_part.hpp"
#include "decoding/budget.hpp"
#include "decoding/decompressor.hpp"
#include "decoding/epoch.hpp"
#include "decoding/point_builder.hpp"
#include "decoding/words.hpp"
#include "line_parser.hpp"

namespace line_protocol_decoder {

using namespace decoding;

// Words of `join` that are no names of tags.
inline constexpr std::string_view kMeasurement = "measurement", kField = "field";

struct LineOptions {
  std::vector<std::string> join = {"measurement", "field"};  // to the topic
  TimeUnit unit = TimeUnit::kNanoseconds;
  Compression compression = Compression::kNone;
  int64_t most_points = 100'000;
  bool parts = true;  // a line that is no point leaves alone
};

class LineReader {
 public:
  explicit LineReader(const LineOptions& options);
  LineReader(const LineReader&) = delete;

  // Before each batch of messages: what its points may have of memory begins anew.
  void start_batch();
  // Adds the points of `payload`, one a field. Returns nothing if they are valid; else the reason,
  // and no point was added. When some lines can be read and others can't, the points of the former
  // are added, and the latter are in `bad_part`.
  std::string read(std::string_view payload, std::string_view topic, int64_t received_us,
                   PointBuilder& to);
  // Of the message that was read last.
  const BadPart& bad_part() const { return bad_part_; }
  // Its reason if that is a limit's, or nothing.
  const std::string& over_limit() const { return over_limit_; }

 private:
  Reason read_lines(std::string_view text);
  // Adds all of a line's points or, but for a limit of the message, none.
  Reason read_line(const char*& at, const char* end);
  Reason push_points(const Line& line);
  std::string_view text_of(const Field& field);
  void start_topic(const Line& line);
  bool is_joined(const Tag& tag);
  void join(size_t part, const Line& line, const Field* field);
  Reason say(const LineFault& fault);
  void add_bad(const char* begin, const char* end, const char* reason);

  const LineOptions options_;
  size_t field_part_ = 0;  // where the field is in `join`
  bool is_measurement_joined_ = false;
  Words words_;
  Decompressor decompressor_;
  Budget budget_;
  LineParser parser_;

  // Of the message being read.
  PointBuilder* to_ = nullptr;
  std::string_view text_;
  bool is_utf8_ = true;
  int64_t received_us_ = 0;
  size_t base_size_ = 0;  // of the message's topic
  std::string topic_;     // of the point
  std::string metadata_;  // of a line: members of JSON
  std::string name_;      // that is compared, or a text
  BadPart bad_part_;
  size_t bad_count_ = 0;
  std::string over_limit_;
};

// Which option to look at, where one may be meant; or nothing.
std::string_view remedy_of(std::string_view reason);

}  // namespace line_protocol_decoder
