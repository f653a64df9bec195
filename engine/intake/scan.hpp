// What the blocks of a segment hold, as an earlier process left them: which messages are intact and
// not done, in the slices that they were dispatched in. Only looks: also into a folder that another
// process has.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "intake/block.hpp"

namespace penstock::engine {

// A run of messages to dispatch, as one slice.
struct SliceRows {
  Block* block = nullptr;
  uint32_t row = 0;
  uint32_t rows = 0;
  bool last_of_block = false;
};

// One block of a segment as it was found.
struct FoundBlock {
  Block& block;                    // its messages up to `published`
  std::vector<SliceRows> undone;   // those that are intact and not done
  std::vector<SliceRows> damaged;  // runs that cannot be read
  uint64_t done = 0;

  uint64_t damaged_messages() const;
};

// Goes through the intact blocks of a segment, passing over damaged places. Messages below
// `watermark` are done whatever their block says. The block is the callee's if it takes it.
void for_each_block(Segment& segment, uint64_t watermark,
                    const std::function<void(std::unique_ptr<Block>, FoundBlock&)>& each);

}  // namespace penstock::engine
