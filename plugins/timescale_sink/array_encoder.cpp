#include "array_encoder.hpp"

#include <algorithm>
#include <array>
#include <numeric>

#include "encoding/wire.hpp"

namespace timescale_sink {
namespace {

// pg_type.dat
constexpr uint32_t kTextOid = 25, kByteaOid = 17;

uint32_t element_of(const PlannedColumn& column, bool staged) {
  if (staged && column.choice.is_text) return kByteaOid;
  return column.choice.is_text_to_read ? kTextOid : column.to.oid;
}

void append_header(uint32_t element, size_t count, penstock::Buffer<char>& to) {
  constexpr size_t kHeader = 20;
  char* at = to.room(kHeader);
  put(at, int32_t{1});  // dimensions
  put(at, int32_t{1});  // may have NULLs
  put(at, element);
  put(at, static_cast<int32_t>(count));
  put(at, int32_t{1});  // lower bound
  to.grow(kHeader);
}

void append_column(const BatchRows& rows, const ColumnPlan& plan, size_t column, bool staged,
                   penstock::Buffer<char>& to) {
  ColumnEncoder& encoder = plan.columns[column].encoder(staged);
  std::array<uint32_t, BatchRows::kBlock> bytes;
  std::array<char*, BatchRows::kBlock> at;
  rows.for_each_block([&](size_t chunk, RowNumbers block) {
    std::fill_n(bytes.begin(), block.size(), 0u);
    const ColumnChunk values = rows.column(chunk, plan, column);
    encoder.measure(values, block, bytes.data());
    const size_t size = std::accumulate(bytes.begin(), bytes.begin() + block.size(), size_t{0});
    char* next = to.room(size);
    for (size_t i = 0; i < block.size(); ++i) {
      at[i] = next;
      next += bytes[i];
    }
    encoder.write(values, block, at.data());
    to.grow(size);
  });
}

}  // namespace

size_t encode_arrays(const BatchRows& rows, const ColumnPlan& plan, bool staged,
                     std::vector<penstock::Buffer<char>>& to) {
  size_t count = 0;
  rows.for_each_block([&](size_t, RowNumbers block) { count += block.size(); });
  to.resize(plan.columns.size());
  for (size_t i = 0; count > 0 && i < plan.columns.size(); ++i) {
    to[i].clear();
    append_header(element_of(plan.columns[i], staged), count, to[i]);
    append_column(rows, plan, i, staged, to[i]);
  }
  return count;
}

}  // namespace timescale_sink
