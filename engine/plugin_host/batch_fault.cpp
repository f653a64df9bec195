#include "plugin_host/batch_fault.hpp"

#include <fmt/format.h>
#include <simdjson.h>
#include <penstock/column_layout.hpp>
#include <penstock/columns.hpp>

#include <string_view>

namespace penstock::engine {
namespace {

// Arrow C data interface, "ArrowArray.buffers": validity, then values; or offsets and bytes.
int64_t buffers_of(const ColumnLayout& layout) { return layout.is_text() ? 3 : 2; }

std::string column_shape_fault(const ArrowSchema& schema, const ArrowArray* column, int64_t rows) {
  if (!column || !column->release) return "is not there";
  if (column->length < rows) {
    return fmt::format("has {} rows, the batch has {}", column->length, rows);
  }
  if (column->offset < 0) return "has a negative offset";
  const auto layout = column_layout(schema.format);
  if (!layout) return "";
  if (column->n_buffers != buffers_of(*layout) || !column->buffers) {
    return fmt::format("has {} buffers, one of its type has {}", column->n_buffers,
                       buffers_of(*layout));
  }
  if (rows > 0 && !column->buffers[1]) {
    return layout->is_text() ? "has no offsets" : "has no values";
  }
  return "";
}

template <class Offset>
std::string offsets_fault_of(const ArrowArray& column) {
  const auto* offsets = static_cast<const Offset*>(column.buffers[1]) + column.offset;
  if (offsets[0] < 0) return "begins at a negative offset";
  for (int64_t row = 0; row < column.length; ++row) {
    if (offsets[row + 1] < offsets[row]) {
      return fmt::format("has offsets that fall, from {} to {} in row {}", offsets[row],
                         offsets[row + 1], row);
    }
  }
  if (offsets[column.length] > offsets[0] && !column.buffers[2]) return "has no bytes";
  return "";
}

// Of a column of texts that has rows.
std::string column_offsets_fault(const ColumnLayout& layout, const ArrowArray& column) {
  return layout.kind == ColumnLayout::kText ? offsets_fault_of<int32_t>(column)
                                            : offsets_fault_of<int64_t>(column);
}

template <class Column>
std::string utf8_fault_of(const ArrowArray& column) {
  const Column text(column);
  for (int64_t row = 0; row < column.length; ++row) {
    if (text.valid(row) && !simdjson::validate_utf8(text[row])) {
      return fmt::format("is not UTF-8 in row {}", row);
    }
  }
  return "";
}

std::string text_fault(const ColumnLayout& layout, const ArrowSchema& schema,
                       const ArrowArray& column) {
  if (std::string fault = column_offsets_fault(layout, column); !fault.empty()) return fault;
  const std::string_view format = schema.format;
  if (format == format::kUtf8) return utf8_fault_of<TextColumn>(column);
  if (format == format::kLargeUtf8) return utf8_fault_of<LargeTextColumn>(column);
  return "";
}

std::string column_fault(const ArrowSchema& schema, const ArrowArray& column) {
  const auto layout = column_layout(schema.format);
  if (!layout || column.length == 0) return "";
  if (layout->is_text()) {
    if (std::string fault = text_fault(*layout, schema, column); !fault.empty()) return fault;
  }
  int64_t nulls = 0;
  for (int64_t row = 0; row < column.length; ++row)
    nulls += !penstock::detail::is_valid(column, row);
  if (nulls > 0 && !(schema.flags & ARROW_FLAG_NULLABLE)) return "has nulls, which it may not";
  if (column.null_count >= 0 && column.null_count != nulls) {
    return fmt::format("says that it has {} nulls and has {}", column.null_count, nulls);
  }
  return "";
}

}  // namespace

std::string shape_fault(const ArrowSchema& schema, const ArrowArray& rows) {
  if (!rows.release) return "the batch is released already";
  if (rows.length < 0 || rows.offset != 0) return "the batch has a negative length, or an offset";
  if (rows.n_children != schema.n_children || (rows.n_children > 0 && !rows.children)) {
    return fmt::format("the batch has {} columns, its schema has {}", rows.n_children,
                       schema.n_children);
  }
  for (int64_t i = 0; i < rows.n_children; ++i) {
    const ArrowSchema& column = *schema.children[i];
    const std::string fault = column_shape_fault(column, rows.children[i], rows.length);
    if (!fault.empty()) return fmt::format("column \"{}\" {}", column.name, fault);
  }
  return "";
}

std::string offsets_fault(const ArrowSchema& schema, const ArrowArray& rows) {
  for (int64_t i = 0; i < rows.n_children; ++i) {
    const auto layout = column_layout(schema.children[i]->format);
    if (!layout || !layout->is_text() || rows.children[i]->length == 0) continue;
    const std::string fault = column_offsets_fault(*layout, *rows.children[i]);
    if (!fault.empty()) return fmt::format("column \"{}\" {}", schema.children[i]->name, fault);
  }
  return "";
}

std::string content_fault(const ArrowSchema& schema, const ArrowArray& rows) {
  for (int64_t i = 0; i < rows.n_children; ++i) {
    const ArrowSchema& column = *schema.children[i];
    const std::string fault = column_fault(column, *rows.children[i]);
    if (!fault.empty()) return fmt::format("column \"{}\" {}", column.name, fault);
  }
  return "";
}

}  // namespace penstock::engine
