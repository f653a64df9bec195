#include "config/column_layout.hpp"

namespace penstock::engine {

std::optional<ColumnLayout> column_layout(std::string_view format) {
  if (format.empty()) return std::nullopt;
  if (format == "u" || format == "z") return ColumnLayout{ColumnLayout::kText};
  if (format == "c" || format == "C") return ColumnLayout{ColumnLayout::kFixed, 1};
  if (format == "s" || format == "S" || format == "e") return ColumnLayout{ColumnLayout::kFixed, 2};
  if (format == "i" || format == "I" || format == "f") return ColumnLayout{ColumnLayout::kFixed, 4};
  if (format == "l" || format == "L" || format == "g") return ColumnLayout{ColumnLayout::kFixed, 8};
  if (format == "tdD" || format == "tts" || format == "ttm") {
    return ColumnLayout{ColumnLayout::kFixed, 4};
  }
  if (format == "tdm" || format == "ttu" || format == "ttn" || format.starts_with("ts") ||
      format.starts_with("tD")) {
    return ColumnLayout{ColumnLayout::kFixed, 8};
  }
  return std::nullopt;
}

}  // namespace penstock::engine
