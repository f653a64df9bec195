#include "config/column_type_name.hpp"

#include <fmt/format.h>
#include <penstock/decimal.hpp>
#include <penstock/schema.hpp>

namespace penstock::engine {

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
  if (const int64_t us = us_per_unit(format)) {
    const std::string zone = format.substr(4);
    return fmt::format("timestamp[{}{}{}]",
                       us == 1       ? "us"
                       : us == 1'000 ? "ms"
                                     : "s",
                       zone.empty() ? "" : ", ", zone);
  }
  if (format == format_of::kLargeUtf8) return "large_utf8";
  if (format == format_of::kLargeBinary) return "large_binary";
  if (const auto type = decimal_type(format)) {
    return fmt::format("decimal128({}, {})", type->precision, type->scale);
  }
  return fmt::format("type \"{}\"", format);
}

}  // namespace penstock::engine
