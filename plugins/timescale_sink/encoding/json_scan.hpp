// Finds what jsonb refuses in valid JSON: escapes that are not characters, and numbers that numeric
// can't hold. Syntax and nesting depth are left to the server.
#pragma once

#include <string_view>

namespace timescale_sink {

struct JsonFindings {
  const char* fault = nullptr;  // why it is refused
  bool has_nul = false;         // U+0000, as \u0000
};

JsonFindings scan_json(std::string_view json);

}  // namespace timescale_sink
