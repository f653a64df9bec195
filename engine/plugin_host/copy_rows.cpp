#include "plugin_host/copy_rows.hpp"

#include <penstock/builders.hpp>
#include <penstock/column_layout.hpp>
#include <penstock/columns.hpp>
#include <penstock/schema.hpp>

namespace penstock::engine {
namespace {

using Rows = std::span<const RejectedRow>;

// The array of column `index` in the chunk that a row lies in.
const ArrowArray& column_of(const ArrowArray* const* chunks, size_t index, const RejectedRow& row) {
  return *chunks[row.chunk]->children[index];
}

template <class Offset>
ArrowArray copy_text(const ArrowArray* const* chunks, size_t index, Rows rows) {
  BasicTextBuilder<Offset> builder;
  for (const RejectedRow& row : rows) {
    const BasicTextColumn<Offset> column(column_of(chunks, index, row));
    if (row.part_column == index) builder.push(row.part);
    else if (column.valid(row.row)) builder.push(column[row.row]);
    else builder.push_null();
  }
  return builder.finish();
}

template <class Offset>
size_t bytes_of(const ArrowArray& column, int64_t row) {
  const BasicTextColumn<Offset> text(column);
  return text.valid(row) ? text[row].size() : 0;
}

ArrowArray copy_column(const ColumnLayout& layout, const ArrowArray* const* chunks, size_t index,
                       Rows rows) {
  if (layout.kind == ColumnLayout::kText) return copy_text<int32_t>(chunks, index, rows);
  if (layout.kind == ColumnLayout::kLargeText) return copy_text<int64_t>(chunks, index, rows);
  return penstock::copy_column(layout, rows.size(), [&](size_t i) {
    return ColumnRow{&column_of(chunks, index, rows[i]), rows[i].row};
  });
}

size_t text_bytes(const ArrowSchema& from, const ArrowArray* const* chunks,
                  const RejectedRow& row) {
  size_t bytes = row.reason.size() + row.detail.size() + row.part.size();
  for (int64_t i = 0; i < from.n_children; ++i) {
    const std::optional<ColumnLayout> layout = column_layout(from.children[i]->format);
    const auto index = static_cast<size_t>(i);
    if (!layout || !layout->is_text() || row.part_column == index) continue;
    const ArrowArray& column = column_of(chunks, index, row);
    bytes += layout->kind == ColumnLayout::kText ? bytes_of<int32_t>(column, row.row)
                                                 : bytes_of<int64_t>(column, row.row);
  }
  return bytes;
}

}  // namespace

size_t copied_at_once(const ArrowSchema& from, const ArrowArray* const* chunks, Rows rejected,
                      size_t most_bytes) {
  size_t bytes = 0, count = 0;
  for (const RejectedRow& row : rejected) {
    bytes += text_bytes(from, chunks, row);
    if (count > 0 && bytes > most_bytes) break;
    ++count;
  }
  return count;
}

ArrowArray copy_rejected(const ArrowSchema& from, const ArrowArray* const* chunks, Rows rejected,
                         const ArrowSchema& to, const std::string& node) {
  Columns columns(static_cast<size_t>(to.n_children));
  for (int64_t i = 0; i + 3 < to.n_children; ++i) {
    const ArrowSchema& column = *to.children[i];
    const auto source = static_cast<size_t>(column_index(from, column.name));
    columns.add(copy_column(*column_layout(column.format), chunks, source, rejected));
  }
  TextBuilder nodes, reasons, details;
  for (const RejectedRow& row : rejected) {
    nodes.push(node);
    reasons.push(row.reason);
    if (row.detail.empty()) details.push_null();
    else details.push(row.detail);
  }
  columns.add(nodes.finish());
  columns.add(reasons.finish());
  columns.add(details.finish());
  return make_rows(static_cast<int64_t>(rejected.size()), columns);
}

}  // namespace penstock::engine
