#include "intake/scan.hpp"

#include <optional>

namespace penstock::engine {
namespace {

// The next intact block, at `offset` or after it.
std::optional<FoundHeader> next_block(const Segment& segment, size_t offset) {
  for (; offset < segment.bytes(); offset += kBlockAlignment) {
    if (auto found = FoundHeader::at(segment, offset)) return found;
  }
  return std::nullopt;
}

// The messages that are there. `next` is the intact block after it in the segment, if there is one.
uint32_t count_rows(const Block& block, const FoundHeader& found,
                    const std::optional<FoundHeader>& next) {
  const bool adjacent =
      next && next->first > found.first && next->first - found.first <= kBlockRows;
  uint32_t rows = 0;
  if (found.rows) rows = *found.rows;
  else if (adjacent) rows = static_cast<uint32_t>(next->first - found.first);
  if (adjacent || (found.rows && found.end != 0)) return rows;
  // The last: any that follow what the header speaks of and are intact.
  while (rows < kBlockRows && block.is_intact(rows)) ++rows;
  return rows;
}

// Cuts the rows [begin, end) of one slice where messages are damaged.
void cut_slice(FoundBlock& found, uint32_t begin, uint32_t end) {
  for (uint32_t row = begin; row < end;) {
    const bool intact = found.block.is_intact(row);
    uint32_t stop = row + 1;
    while (stop < end && found.block.is_intact(stop) == intact) ++stop;
    (intact ? found.undone : found.damaged).push_back({&found.block, row, stop - row, false});
    row = stop;
  }
}

void find_slices(FoundBlock& found, uint64_t watermark) {
  const uint32_t rows = found.block.published();
  const uint64_t first = found.block.first();
  for (uint32_t row = 0; row < rows;) {
    uint32_t end = row + 1;
    while (end < rows && found.block.state(end) == SliceState::kNone) ++end;
    if (found.block.state(row) == SliceState::kDone || first + end <= watermark) {
      found.done += end - row;
    } else {
      cut_slice(found, row, end);
    }
    row = end;
  }
  if (!found.undone.empty()) found.undone.back().last_of_block = true;
}

}  // namespace

uint64_t FoundBlock::damaged_messages() const {
  uint64_t messages = 0;
  for (const SliceRows& run : damaged) messages += run.rows;
  return messages;
}

void for_each_block(Segment& segment, uint64_t watermark,
                    const std::function<void(std::unique_ptr<Block>, FoundBlock&)>& each) {
  std::optional<FoundHeader> at = next_block(segment, kFirstBlock);
  while (at) {
    auto block = std::make_unique<Block>(segment, *at);
    const auto next = next_block(segment, at->end != 0 ? at->end : at->offset + kBlockAlignment);
    block->set_published(count_rows(*block, *at, next));
    FoundBlock found{*block, {}, {}, 0};
    find_slices(found, watermark);
    each(std::move(block), found);
    at = next;
  }
}

}  // namespace penstock::engine
