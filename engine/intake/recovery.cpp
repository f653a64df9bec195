#include "intake/recovery.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace penstock::engine {
namespace {

// After a machine's restart positions go on at a multiple of this, so that one that was given to
// a message which the page cache lost is never given again.
constexpr uint64_t kRestartStep = uint64_t{1} << 40;

// Where the next intact block begins, at `offset` or after it; the segment's end if there is none.
size_t next_block(const Segment& segment, size_t offset) {
  while (offset < segment.bytes() && !Block::stands_at(segment, offset)) offset += kBlockAlignment;
  return std::min(offset, segment.bytes());
}

// The messages that are there. `next` is the block after it in the segment, if there is one.
uint32_t count_rows(const Block& block, const BlockHeader* next) {
  if (next && next->first > block.first() && next->first - block.first() <= kBlockRows) {
    return static_cast<uint32_t>(next->first - block.first());
  }
  // What the header speaks of, and any that follow and are intact.
  uint32_t rows = std::min(block.noted_rows(), kBlockRows);
  while (rows < kBlockRows && block.is_intact(rows)) ++rows;
  return rows;
}

// Cuts the rows [begin, end) of one slice where messages are damaged.
void add_intact_runs(FoundBlock& found, uint32_t begin, uint32_t end) {
  uint32_t row = begin;
  while (row < end) {
    uint32_t stop = row;
    while (stop < end && found.block.is_intact(stop)) ++stop;
    if (stop > row) found.undone.push_back({&found.block, row, stop - row, false});
    for (row = stop; row < end && !found.block.is_intact(row); ++row) ++found.damaged;
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
      add_intact_runs(found, row, end);
    }
    row = end;
  }
  if (!found.undone.empty()) found.undone.back().last_of_block = true;
}

// A file whose headers are both gone may hold messages: it is kept for a person.
void set_aside(const Segment& segment, std::vector<std::string>& problems) {
  const std::string kept = segment.path() + ".damaged";
  std::error_code code;
  std::filesystem::rename(segment.path(), kept, code);
  problems.push_back(
      fmt::format("{}: both copies of its header are damaged; kept as {}", segment.path(), kept));
}

bool is_blank(const Segment& segment) {
  const char* header = segment.at(0);
  return std::all_of(header, header + sizeof(SegmentHeader), [](char c) { return c == 0; });
}

}  // namespace

void for_each_block(Segment& segment, uint64_t watermark,
                    const std::function<void(std::unique_ptr<Block>, FoundBlock&)>& each) {
  size_t offset = next_block(segment, kFirstBlock);
  while (offset < segment.bytes()) {
    auto block = std::make_unique<Block>(segment, offset);
    const size_t noted = block->noted_end();
    const bool credible = noted > offset && noted % kBlockAlignment == 0 && noted < segment.bytes();
    const size_t next = next_block(segment, credible ? noted : offset + kBlockAlignment);
    const auto* next_header =
        next < segment.bytes() ? reinterpret_cast<const BlockHeader*>(segment.at(next)) : nullptr;
    block->set_published(count_rows(*block, next_header));
    FoundBlock found{*block, {}, 0, 0};
    find_slices(found, watermark);
    each(std::move(block), found);
    offset = next;
  }
}

namespace {

// Reads the folder's segments one after the other, oldest first.
class Reader {
 public:
  Reader(Folder& folder, Recovery& recovery) : folder_(folder), recovery_(recovery) {
    const CheckpointPage& checkpoint = folder.checkpoint();
    if (checkpoint.watermark.holds()) watermark_ = checkpoint.watermark.number;
  }

  void read(std::unique_ptr<Segment> segment) {
    const SegmentHeader* header = segment->header();
    if (!header) {
      // Made and not yet begun, or damaged.
      if (is_blank(*segment)) recovery_.free.push_back(std::move(segment));
      else set_aside(*segment, recovery_.problems);
      return;
    }
    if (header->intake != folder_.id() || header->version != kFormatVersion) {
      recovery_.problems.push_back(
          fmt::format("{}: is of another intake or version and was left alone", segment->path()));
      return;
    }
    if (header->number == last_number_ + 1) expect(header->first);
    last_number_ = header->number;
    end_ = header->first;
    bool needed = false;
    for_each_block(*segment, watermark_, [&](std::unique_ptr<Block> block, FoundBlock& found) {
      expect(block->first());
      end_ = block->first() + block->published();
      recovery_.damaged += found.damaged;
      if (found.undone.empty()) {
        segment->holders.fetch_sub(1);
        return;
      }
      needed = true;
      for (const SliceRows& slice : found.undone) {
        recovery_.messages += slice.rows;
        recovery_.slices.push_back(slice);
      }
      static_cast<void>(block.release());  // the slices'
    });
    (needed ? recovery_.in_use : recovery_.free).push_back(std::move(segment));
  }

  void finish() {
    folder_.set_last_number(last_number_);
    const CheckpointPage& checkpoint = folder_.checkpoint();
    uint64_t next = end_;
    if (checkpoint.appended.holds()) {
      if (!folder_.machine_restarted() && last_number_ != 0) expect(checkpoint.appended.number);
      next = std::max(end_, checkpoint.appended.number);
    }
    if (folder_.machine_restarted() && next != 0) next = (next / kRestartStep + 1) * kRestartStep;
    recovery_.next_position = next;
  }

 private:
  // What comes next begins at `position`; what lies between is damaged, unless it is the step of
  // a machine's restart.
  void expect(uint64_t position) {
    const uint64_t from = std::max(end_, watermark_);
    const bool restarted = position % kRestartStep == 0;
    if (last_number_ != 0 && !restarted && position > from) recovery_.damaged += position - from;
    end_ = std::max(end_, position);
  }

  Folder& folder_;
  Recovery& recovery_;
  uint64_t watermark_ = 0;
  uint64_t last_number_ = 0;  // of the segment before
  uint64_t end_ = 0;          // the position after the last message found
};

}  // namespace

Recovery recover(Folder& folder) {
  Recovery recovery;
  Reader reader(folder, recovery);
  for (auto& segment : Folder::segments_in(folder.path(), true, recovery.problems)) {
    reader.read(std::move(segment));
  }
  reader.finish();
  return recovery;
}

}  // namespace penstock::engine
