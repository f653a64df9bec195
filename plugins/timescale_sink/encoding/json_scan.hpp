// What jsonb refuses in text that is JSON: escapes of what is no character, numbers that numeric
// can't hold. Whether it is JSON, and how deep it may be nested, the server says.
#pragma once

#include <string_view>

namespace timescale_sink {

struct JsonFindings {
  const char* fault = nullptr;  // why it is refused
  bool has_nul = false;         // U+0000, as \u0000
};

JsonFindings scan_json(std::string_view json);

}  // namespace timescale_sink
