// What an earlier process left in an intake's folder.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "intake/block.hpp"
#include "intake/folder.hpp"

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

// Segments whose own headers say nothing get the life that the checkpoint's table has of them. All
// are in the order of their numbers afterwards.
void identify(Folder::Files& files, const std::vector<SegmentEntry>& entries,
              std::vector<std::string>& problems);

struct Recovery {
  std::vector<std::unique_ptr<Segment>> in_use;
  std::vector<std::unique_ptr<Segment>> free;
  std::deque<SliceRows> slices;  // in the order of their positions; blocks are the taker's
  uint64_t messages = 0;         // in `slices`
  uint64_t damaged = 0;  // cut: torn or changed, and not done; now or by a start that broke off
  uint64_t next_position = 0;  // of the next message
  std::vector<std::string> problems;
};

// False: `error` says why the folder cannot be used as it is; nothing is lost by that. Whoever
// takes what was found ends with Folder::end_recovery.
bool recover(Folder& folder, Recovery& recovery, std::string& error);

}  // namespace penstock::engine
