// One line of NDJSON as a message.
#pragma once

#include <cstdint>
#include <string>

namespace file_source {

struct Message {
  std::string topic, payload;
  int64_t received_us = 0;
};

// A message as file_sink writes it: `topic`, `payload` or `payload_base64`, `received`. Throws
// std::exception with a reason.
Message parse_message(const std::string& line);

// A dead letter: a message, or a point that the database refused, which becomes a message of the
// documented form again. Its metadata keeps its text.
Message parse_letter(const std::string& line);

}  // namespace file_source
