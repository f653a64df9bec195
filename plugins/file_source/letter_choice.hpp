// Which dead letters of a file one source reads: those that go back the same way.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "letter_rows.hpp"
#include "message_line.hpp"

namespace file_source {

class LetterChoice {
 public:
  struct Options {
    std::string node;     // that rejected them; "": of messages any
    bool rows = false;    // letters of rows, else of messages
    std::string columns;  // of rows: as the letters have them
  };
  explicit LetterChoice(Options options);

  // Whether a line is one of them; false, too, of what is no letter.
  bool has(const std::string& line) const;
  // What goes into the intake: the message that was rejected, or the whole letter of a row, of
  // which file_source.letters makes the row again. Nothing: it is another source's. Throws
  // std::exception with a reason.
  std::optional<Message> message_of(const std::string& line);

 private:
  bool has(const nlohmann::ordered_json& letter) const;

  const Options options_;
  std::optional<LetterRows> rows_;
};

}  // namespace file_source
