// Columns in words.
#pragma once

#include <string>

namespace penstock::engine {

// A column's type: "utf8", "timestamp[us, UTC]".
std::string column_type_name(const std::string& format);

}  // namespace penstock::engine
