#include "plugin_host/padding.hpp"

#include <penstock/column_layout.hpp>

#include <memory>
#include <vector>

namespace penstock::engine {
namespace {

struct PaddedRows {
  ArrowArray original = {};
  std::vector<ArrowArray> copies;
  std::vector<ArrowArray*> columns;

  ~PaddedRows() {
    for (ArrowArray& copy : copies) copy.release(&copy);
    original.release(&original);
  }
};

void release_padded(ArrowArray* rows) {
  delete static_cast<PaddedRows*>(rows->private_data);
  rows->release = nullptr;
}

}  // namespace

ArrowArray padded(const ArrowSchema& schema, ArrowArray rows) {
  auto owned = std::make_unique<PaddedRows>();
  owned->original = rows;
  const auto count = static_cast<size_t>(rows.n_children);
  owned->copies.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    ArrowArray* column = rows.children[i];
    const auto layout = column_layout(schema.children[i]->format);
    if (layout && layout->is_text()) {
      owned->copies.push_back(
          copy_column(*layout, static_cast<size_t>(rows.length), [&](size_t row) {
            return ColumnRow{column, static_cast<int64_t>(row)};
          }));
      column = &owned->copies.back();
    }
    owned->columns.push_back(column);
  }
  rows.children = owned->columns.data();
  rows.release = release_padded;
  rows.private_data = owned.release();
  return rows;
}

}  // namespace penstock::engine
