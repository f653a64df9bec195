// What a point has that says nothing else of it.
#pragma once

#include <cstdint>
#include <string>

#include "quality.hpp"

namespace json_decoder {

struct Inherited {
  int64_t time_us = 0;
  std::string time_fault;  // there is a time, which can't be read; empty: none
  int16_t quality = kGood;
  std::string quality_text;  // a quality's name that nobody knows
  std::string metadata;      // members, as they stand between the braces

  void begin(int64_t received_us) {
    time_us = received_us;
    quality = kGood;
    time_fault.clear();
    quality_text.clear();
    metadata.clear();
  }
};

// Adds a member: `key` in quotes, `value` as JSON text.
inline void add_member(std::string& members, std::string_view key, std::string_view value) {
  if (!members.empty()) members += ',';
  members.append(key);
  members += ':';
  members.append(value);
}

}  // namespace json_decoder
