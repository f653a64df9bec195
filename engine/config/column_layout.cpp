#include "config/column_layout.hpp"

#include <fmt/format.h>
#include <penstock/schema.hpp>

namespace penstock::engine {

std::optional<ColumnLayout> column_layout(std::string_view format) {
  if (format.empty()) return std::nullopt;
  if (format == "u" || format == "z") return ColumnLayout{ColumnLayout::kText};
  if (format == "b") return ColumnLayout{ColumnLayout::kBool};
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

std::string column_type_name(const std::string& format) {
  namespace format_of = penstock::format;
  if (format == format_of::kUtf8) return "utf8";
  if (format == format_of::kBinary) return "binary";
  if (format == format_of::kBool) return "bool";
  if (format == format_of::kInt8) return "int8";
  if (format == format_of::kUint8) return "uint8";
  if (format == format_of::kUint16) return "uint16";
  if (format == format_of::kUint32) return "uint32";
  if (format == format_of::kUint64) return "uint64";
  if (format == format_of::kFloat32) return "float32";
  if (format == format_of::kDate32) return "date32";
  if (format == format_of::kInt16) return "int16";
  if (format == format_of::kInt32) return "int32";
  if (format == format_of::kInt64) return "int64";
  if (format == format_of::kFloat64) return "float64";
  if (format == format_of::kTimestampUs) return "timestamp[us, UTC]";
  return fmt::format("type \"{}\"", format);
}

}  // namespace penstock::engine
