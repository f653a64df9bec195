// Looking into an intake's folder from outside, also while an engine works with it or after one
// has died. Nothing is changed.
#pragma once

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>

namespace penstock::engine {

// Owner, positions, watermark, age and segments, as a table. False: `error` says why not.
bool describe_intake(const std::string& path, std::ostream& to, std::string& error);

// The messages that are not done, one JSON object a line: topic, payload (payload_base64 if it is
// not UTF-8), received, position. file_source reads this form.
bool dump_intake(const std::string& path, std::ostream& to, std::string& error);

// How many messages are not done. Nothing: `error` says why not.
std::optional<uint64_t> undone_in_intake(const std::string& path, std::string& error);

// Whether no message has ever been appended.
bool is_unused_intake(const std::string& path);

}  // namespace penstock::engine
