#include "intake/slice.hpp"

#include <array>
#include <memory>

namespace penstock::engine {
namespace {

// The arrays of a slice, in one allocation. Released from any thread.
struct HeldSlice {
  static constexpr size_t kMostColumns = 5;
  using Bits = std::array<uint8_t, (kBlockRows + 7) / 8>;

  SharedLog& log;
  Block* block;
  const uint32_t first, rows;
  int64_t count = 0;  // of columns
  std::array<ArrowArray, kMostColumns> columns = {};
  std::array<ArrowArray*, kMostColumns> children = {};
  std::array<std::array<const void*, 3>, kMostColumns> buffers = {};
  const void* validity = nullptr;
  Bits retained, with_attributes;  // of the extra columns

  HeldSlice(SharedLog& owner, Block* from, uint32_t row, uint32_t row_count)
      : log(owner), block(from), first(row), rows(row_count) {
    add_text(from->topic_offsets() + row, from->topics());
    add_text(from->payload_offsets() + row, from->payloads());
    add(2, {nullptr, from->received() + row});
  }

  void add_retained() {
    set_bits(retained, [&](uint32_t row) { return (block->flags(row) & kMessageRetained) != 0; });
    add(2, {nullptr, retained.data()});
  }
  void add_attributes() {
    static constexpr std::array<int32_t, kBlockRows + 1> kNone = {};
    const int32_t* offsets = block->attribute_offsets();
    ArrowArray& column = add_text(offsets ? offsets + first : kNone.data(), block->attributes());
    column.null_count = rows - set_bits(with_attributes, [&](uint32_t row) {
                          return !block->attributes(row).empty();
                        });
    if (column.null_count > 0) buffers[static_cast<size_t>(count - 1)][0] = with_attributes.data();
  }

  static void release_column(ArrowArray* column) { column->release = nullptr; }
  static void release(ArrowArray* rows) {
    const std::unique_ptr<HeldSlice> held(static_cast<HeldSlice*>(rows->private_data));
    held->log.release(held->block);
    rows->release = nullptr;
  }

  ArrowArray& add(int64_t buffer_count, const std::array<const void*, 3>& of_column) {
    const auto at = static_cast<size_t>(count++);
    buffers[at] = of_column;
    ArrowArray& column = columns[at];
    column.length = rows;
    column.n_buffers = buffer_count;
    column.buffers = buffers[at].data();
    column.release = release_column;
    children[at] = &column;
    return column;
  }
  ArrowArray& add_text(const int32_t* offsets, const char* bytes) {
    return add(3, {nullptr, offsets, bytes});
  }
  // How many are set.
  template <class IsSet>
  int64_t set_bits(Bits& bits, IsSet&& is_set) {
    bits.fill(0);
    int64_t set = 0;
    for (uint32_t row = 0; row < rows; ++row) {
      if (!is_set(first + row)) continue;
      bits[row / 8] |= static_cast<uint8_t>(1u << (row % 8));
      ++set;
    }
    return set;
  }
};

// Attributes weigh as much as a message of many points has of them, for each has a copy.
constexpr int64_t kAttributeWeight = 64;

int64_t bytes_of(const Block& block, uint32_t row, uint32_t rows) {
  auto bytes = kAttributeWeight *
               static_cast<int64_t>(block.attribute_bytes(row + rows) - block.attribute_bytes(row));
  for (const int32_t* offsets : {block.topic_offsets(), block.payload_offsets()}) {
    bytes += offsets[row + rows] - offsets[row];
  }
  return bytes;
}

// They hold the block.
ArrowArray messages_of(SharedLog& log, Block& block, uint32_t row, uint32_t rows,
                       uint32_t extra_columns) {
  auto held = std::make_unique<HeldSlice>(log, &block, row, rows);
  if (extra_columns & PENSTOCK_COLUMN_RETAINED) held->add_retained();
  if (extra_columns & PENSTOCK_COLUMN_ATTRIBUTES) held->add_attributes();

  ArrowArray messages = {};
  messages.length = rows;
  messages.n_buffers = 1;
  messages.buffers = &held->validity;
  messages.n_children = held->count;
  messages.children = held->children.data();
  messages.release = HeldSlice::release;
  messages.private_data = held.release();
  block.holders.fetch_add(1, std::memory_order_relaxed);
  return messages;
}

}  // namespace

Slice slice_of(SharedLog& log, Block& block, uint32_t row, uint32_t rows, uint32_t extra_columns) {
  return {messages_of(log, block, row, rows, extra_columns), nullptr, bytes_of(block, row, rows)};
}

}  // namespace penstock::engine
