#include "type_names.hpp"

#include <penstock/schema.hpp>

namespace timescale_sink {
namespace {

struct TypeWords {
  const char* format;
  const char* words;
  const char* type;
};
constexpr TypeWords kTypes[] = {{"b", "boolean", "boolean"},
                                {"c", "a whole number of 8 bits", "smallint"},
                                {"C", "a whole number of 8 bits, unsigned", "smallint"},
                                {"s", "smallint", "smallint"},
                                {"S", "a whole number of 16 bits, unsigned", "integer"},
                                {"i", "integer", "integer"},
                                {"I", "a whole number of 32 bits, unsigned", "bigint"},
                                {"l", "bigint", "bigint"},
                                {"L", "a whole number of 64 bits, unsigned", "numeric"},
                                {"f", "real", "real"},
                                {"g", "double precision", "double precision"},
                                {"u", "text", "text"},
                                {"z", "bytea", "bytea"},
                                {"tdD", "date", "date"}};

}  // namespace

std::string type_for(const std::string& format) {
  if (penstock::us_per_unit(format) > 0) return "timestamp with time zone";
  for (const TypeWords& each : kTypes) {
    if (format == each.format) return each.type;
  }
  return "";
}

std::string words_for(const std::string& format) {
  if (penstock::us_per_unit(format) > 0) return "timestamp with time zone";
  for (const TypeWords& each : kTypes) {
    if (format == each.format) return each.words;
  }
  return "of Arrow's format " + format;
}

}  // namespace timescale_sink
