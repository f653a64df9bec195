#include "describe/option_texts.hpp"

#include <fmt/format.h>

#include <penstock/schema.hpp>

#include <cmath>

#include "config/column_type_name.hpp"
#include "config/option_values.hpp"
#include "config/quantity.hpp"

namespace penstock::engine {

const char* kind_name(int32_t kind) {
  switch (kind) {
    case PENSTOCK_SOURCE: return "source";
    case PENSTOCK_TRANSFORM: return "transform";
    case PENSTOCK_SINK: return "sink";
    default: return "node";
  }
}

std::string type_text(const penstock_option& option) {
  switch (option.type) {
    case PENSTOCK_INTEGER: return "integer";
    case PENSTOCK_NUMBER: return "number";
    case PENSTOCK_BOOLEAN: return "true|false";
    case PENSTOCK_DURATION: return "duration";
    case PENSTOCK_SIZE: return "size";
    case PENSTOCK_LIST: return "list";
    case PENSTOCK_SECRET: return "secret";
    case PENSTOCK_ENUM: {
      std::string choices = option.choices;
      for (char& c : choices) c = c == ',' ? '|' : c;
      return choices;
    }
    default: return "string";
  }
}

namespace {

std::string limit(const penstock_option& option, double value) {
  if (std::isinf(value)) return "";
  if (option.type == PENSTOCK_DURATION) return format_duration(std::llround(value));
  if (option.type == PENSTOCK_SIZE) return format_size(std::llround(value));
  return fmt::format("{}", value);
}

}  // namespace

std::string range_text(const penstock_option& option) {
  const Bounds bounds = bounds_of(option);
  const std::string min = limit(option, bounds.min), max = limit(option, bounds.max);
  std::string text = min.empty() && max.empty() ? "" : fmt::format("{}..{}", min, max);
  if (option.unit) text += (text.empty() ? "" : " ") + std::string(option.unit);
  return text;
}

std::string default_text(const penstock_option& option) {
  if (option.flags & PENSTOCK_OPTION_REQUIRED) return "required";
  return option.default_value ? option.default_value : "-";
}

// The columns for the default options; a plugin's schema may depend on its options.
std::string columns_text(const penstock_node_type& type) {
  if (type.kind == PENSTOCK_SOURCE)
    return "topic: utf8, payload: binary, received: timestamp[us, UTC]";
  if (!type.input_schema) return "any columns";
  Problems ignored("");
  const toml::table empty;
  const OptionValues values = parse_options(
      empty, type.options, type.option_count, {}, {},
      [](const std::string&) { return std::nullopt; }, ignored);
  penstock_settings settings = {};
  settings.size = sizeof(settings);
  settings.parallelism = 1;
  settings.node = settings.service = "";
  settings.values = values.values().data();
  settings.value_count = values.values().size();
  settings.intake = PENSTOCK_INTAKE_MEMORY;
  ArrowSchema schema = {};
  type.input_schema(&settings, &schema);
  if (!schema.release) return "any columns";
  std::string text;
  for (const Field& field : read_schema(schema)) {
    text += fmt::format("{}{}: {}{}", text.empty() ? "" : ", ", field.name,
                        column_type_name(field.format), field.nullable ? "?" : "");
  }
  schema.release(&schema);
  return text;
}

}  // namespace penstock::engine
