#include "config/schema_fault.hpp"

#include <fmt/format.h>
#include <penstock/column_layout.hpp>

#include <string_view>

#include "config/column_type_name.hpp"

namespace penstock::engine {

std::string schema_fault(const ArrowSchema& schema) {
  if (!schema.format || std::string_view(schema.format) != "+s") {
    return fmt::format("it is no struct (\"+s\") but \"{}\"", schema.format ? schema.format : "");
  }
  if (schema.n_children < 0 || (schema.n_children > 0 && !schema.children)) {
    return "it has no children";
  }
  for (int64_t i = 0; i < schema.n_children; ++i) {
    const ArrowSchema* column = schema.children[i];
    if (!column || !column->format || !column->name || *column->name == '\0') {
      return fmt::format("its column {} lacks a name or a format", i);
    }
    if (column->dictionary) {
      return fmt::format("its column \"{}\" is dictionary-encoded, which cannot travel; decode it",
                         column->name);
    }
    if (!column_layout(column->format)) {
      return fmt::format("its column \"{}\" is of {}, which cannot travel", column->name,
                         column_type_name(column->format));
    }
  }
  return "";
}

}  // namespace penstock::engine
