// The mark of a dead letter, a line of NDJSON that begins with {"replayed":false. It is changed in
// its place when the letter is put through again, so that whoever appends to the file or sets it
// aside meanwhile is not disturbed, and a replay that was broken off goes on where it was.
#pragma once

#include <string>
#include <string_view>

namespace penstock::letter {

inline constexpr std::string_view kBegin = "{\"replayed\":";
inline constexpr std::string_view kNotReplayed = "{\"replayed\":false";
// As long as "false"; white space of JSON tells them apart. By a replay that is not yet at its
// end, whose intake is beside the file; by one that came to its end.
inline constexpr std::string_view kTakenMark = " true", kReplayedMark = "true ";

enum class Mark { kNone, kWaiting, kTaken, kReplayed };

inline Mark mark_of(std::string_view line) {
  if (line.starts_with(kNotReplayed)) return Mark::kWaiting;
  if (!line.starts_with(kBegin)) return Mark::kNone;
  const std::string_view mark = line.substr(kBegin.size());
  if (mark.starts_with(kTakenMark)) return Mark::kTaken;
  return mark.starts_with("true") ? Mark::kReplayed : Mark::kNone;
}

// What a letter says of itself.
struct Kind {
  std::string node;     // that rejected it
  bool row = false;     // a row of a table, else a message
  std::string columns;  // of a row: names and Arrow formats, as JSON; "": those of points
};

// `letter`: the line as a JSON object of nlohmann/json, whose order is kept.
template <class Json>
Kind kind_of(const Json& letter) {
  Kind kind;
  if (const auto node = letter.find("node"); node != letter.end() && node->is_string()) {
    kind.node = node->template get<std::string>();
  }
  if (const auto columns = letter.find("columns"); columns != letter.end()) {
    kind.columns = columns->dump();
  }
  const bool is_message = letter.contains("payload") || letter.contains("payload_base64");
  kind.row = !kind.columns.empty() || !is_message;
  return kind;
}

}  // namespace penstock::letter
