#include "copy_encoder.hpp"

#include <algorithm>
#include <array>
#include <numeric>

#include "encoding/wire.hpp"

namespace timescale_sink {
namespace {

constexpr char kSignature[] = "PGCOPY\n\377\r\n";  // and the literal's final 0

}  // namespace

void encode_copy(const BatchRows& rows, const ColumnPlan& plan, bool staged,
                 penstock::Buffer<char>& to) {
  to.clear();
  to.append(kSignature, sizeof(kSignature));
  const int32_t no_flags_no_extension[2] = {0, 0};
  to.append(reinterpret_cast<const char*>(no_flags_no_extension), sizeof(no_flags_no_extension));

  const auto fields = static_cast<int16_t>(plan.columns.size() + (staged ? 1 : 0));
  const uint32_t before = sizeof(fields) + (staged ? kLengthBytes + sizeof(int32_t) : 0);
  std::array<uint32_t, BatchRows::kBlock> bytes;
  std::array<char*, BatchRows::kBlock> at;
  int32_t number = 0;
  rows.for_each_block([&](size_t chunk, RowNumbers block) {
    std::fill_n(bytes.begin(), block.size(), before);
    for (size_t i = 0; i < plan.columns.size(); ++i) {
      plan.columns[i].encoder(staged).measure(rows.column(chunk, plan, i), block, bytes.data());
    }
    const size_t size = std::accumulate(bytes.begin(), bytes.begin() + block.size(), size_t{0});
    char* next = to.room(size);
    for (size_t i = 0; i < block.size(); ++i) {
      at[i] = next;
      next += bytes[i];
      put(at[i], fields);
      if (!staged) continue;
      put(at[i], static_cast<int32_t>(sizeof(number)));
      put(at[i], number++);
    }
    for (size_t i = 0; i < plan.columns.size(); ++i) {
      plan.columns[i].encoder(staged).write(rows.column(chunk, plan, i), block, at.data());
    }
    to.grow(size);
  });

  const int16_t trailer = -1;
  to.append(reinterpret_cast<const char*>(&trailer), sizeof(trailer));
}

}  // namespace timescale_sink
