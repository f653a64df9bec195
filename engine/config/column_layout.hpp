// How a column of an Arrow format lies in memory, as far as rows can be copied generically.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace penstock::engine {

struct ColumnLayout {
  enum Kind { kFixed, kText, kBool } kind;
  size_t width = 0;  // bytes a value, kFixed
};

// Nothing for nested, dictionary and other formats that no generic copy exists for.
// https://arrow.apache.org/docs/format/CDataInterface.html#data-type-description-format-strings
std::optional<ColumnLayout> column_layout(std::string_view format);

// A column's type in words: "utf8", "timestamp[us, UTC]".
std::string column_type_name(const std::string& format);

}  // namespace penstock::engine
