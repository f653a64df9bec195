// One line of NDJSON as a message.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace file_source {

struct Message {
  std::string topic, payload;
  int64_t received_us = 0;
  bool retained = false;
  std::string attributes;  // JSON; empty: none
};

// A message as file_sink writes it: `topic`, `payload` or `payload_base64`, `received`, `retained`,
// `attributes`. Throws std::exception with a reason.
// Only what the columns of extra_columns, PENSTOCK_COLUMN_…, ask for is read of the last two.
Message parse_message(const std::string& line, uint32_t extra_columns);
Message message_of(const nlohmann::ordered_json& json, uint32_t extra_columns);

// Pieces of it; both throw std::invalid_argument.
// µs since 1970 of "2024-01-15T10:30:00.123456Z"; the fraction may be shorter or missing.
int64_t parse_time(const std::string& text);
std::string decode_base64(std::string_view text);

}  // namespace file_source
