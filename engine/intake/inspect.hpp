// Looking into an intake's folder from outside, also while an engine works with it or after one
// has died. Nothing is changed.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>

#include "config/result.hpp"

namespace penstock::engine {

// Owner, positions, watermark, age and segments, as a table.
Result<void> describe_intake(const std::string& path, std::ostream& to);

// The messages that are not done, one JSON object a line: topic, payload (payload_base64 if it is
// not UTF-8), received, position. file_source reads this form.
Result<void> dump_intake(const std::string& path, std::ostream& to);

// How many messages are not done.
Result<uint64_t> undone_in_intake(const std::string& path);

// Whether no message has ever been appended.
bool is_unused_intake(const std::string& path);

}  // namespace penstock::engine
