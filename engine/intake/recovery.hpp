// What an earlier process left in an intake's folder.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "intake/folder.hpp"
#include "intake/scan.hpp"

namespace penstock::engine {

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

// Fails when the folder cannot be used as it is; nothing is lost by that. Whoever takes what was
// found ends with Checkpoint::end_recovery.
Result<Recovery> recover(Folder& folder);

}  // namespace penstock::engine
