#include "type_names.hpp"

#include <penstock/decimal.hpp>
#include <penstock/schema.hpp>

namespace timescale_sink {
namespace {

struct TypeWords {
  const char* format;
  const char* words;
  const char* type;
};
constexpr TypeWords kTypes[] = {{"b", "boolean", "boolean"},
                                {"c", "an 8-bit integer", "smallint"},
                                {"C", "an unsigned 8-bit integer", "smallint"},
                                {"s", "smallint", "smallint"},
                                {"S", "an unsigned 16-bit integer", "integer"},
                                {"i", "integer", "integer"},
                                {"I", "an unsigned 32-bit integer", "bigint"},
                                {"l", "bigint", "bigint"},
                                {"L", "an unsigned 64-bit integer", "numeric"},
                                {"f", "real", "real"},
                                {"g", "double precision", "double precision"},
                                {"u", "text", "text"},
                                {"U", "text", "text"},
                                {"z", "bytea", "bytea"},
                                {"Z", "bytea", "bytea"},
                                {"tdD", "date", "date"}};

// Before PostgreSQL 15 a scale lies between 0 and the precision.
std::string numeric_of(penstock::DecimalType type) {
  if (type.scale < 0 || type.scale > type.precision) return "numeric";
  return "numeric(" + std::to_string(type.precision) + "," + std::to_string(type.scale) + ")";
}

// What texts are said to be; nothing: texts.
std::string type_of_extension(const penstock::Field& field) {
  if (field.format != "u" && field.format != "U") return "";
  if (field.extension == penstock::extension::kJson) return "jsonb";
  constexpr std::string_view kPrefix = penstock::extension::kPostgres;
  return field.extension.starts_with(kPrefix) ? field.extension.substr(kPrefix.size()) : "";
}

// Nothing: it depends on no parameters of the format.
std::string type_of_parameters(const std::string& format) {
  if (const auto type = penstock::decimal_type(format)) return numeric_of(*type);
  if (penstock::us_per_unit(format) == 0) return "";
  return format.ends_with(':') ? "timestamp without time zone" : "timestamp with time zone";
}

}  // namespace

std::string type_for(const penstock::Field& field) {
  if (std::string type = type_of_extension(field); !type.empty()) return type;
  if (std::string type = type_of_parameters(field.format); !type.empty()) return type;
  for (const TypeWords& each : kTypes) {
    if (field.format == each.format) return each.type;
  }
  return "";
}

std::string words_for(const penstock::Field& field) {
  if (std::string type = type_of_extension(field); !type.empty()) return type;
  if (std::string type = type_of_parameters(field.format); !type.empty()) return type;
  for (const TypeWords& each : kTypes) {
    if (field.format == each.format) return each.words;
  }
  return "Arrow format " + field.format;
}

}  // namespace timescale_sink
