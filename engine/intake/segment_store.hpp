// The segments of an intake: made when needed, used again, bounded.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "intake/folder.hpp"
#include "intake/segment.hpp"

namespace penstock::engine {

class SegmentStore {
 public:
  // In memory without a folder.
  SegmentStore(size_t segment_bytes, size_t max_bytes, Folder* folder);

  // A segment with room for `bytes` of blocks, begun for messages from position `first` on.
  // Nothing when the limit doesn't allow it, unless `force`, or when the disk has no room. A
  // message larger than the whole limit gets its segment when nothing else is held.
  Segment* reserve(size_t bytes, bool force, uint64_t first);
  // Nothing more is appended to it; `end` is the position after its last message.
  void close(const Segment& segment, uint64_t end);
  // Nobody needs it any more.
  void release(Segment* segment);
  // One of an earlier process, in use or not.
  void adopt(std::unique_ptr<Segment> segment, bool in_use);

  // Whether `reserve` would succeed; makes the segment that it will give.
  bool prepare(size_t bytes);
  // Why the disk gives no segment; empty when it does.
  std::string trouble() const;
  // Any thread: whether the file of a segment in use is gone from its folder. Looks at one a call.
  bool misses_file();
  // Its files are no longer its own: it deletes none any more.
  void forget_files();
  size_t held_bytes() const;  // by segments in use
  size_t segments() const;    // in use
  size_t segment_bytes() const { return segment_bytes_; }

 private:
  using Segments = std::vector<std::unique_ptr<Segment>>;

  bool allows(size_t bytes) const { return used_ == 0 || used_ + bytes <= max_bytes_; }
  size_t bytes_for(size_t bytes) const;
  // The place of a free segment that fits; the end when there is none.
  Segments::iterator find_free(size_t bytes);
  bool make_free(size_t bytes);
  void drop_free(size_t most);

  const size_t segment_bytes_;
  const size_t max_bytes_;
  Folder* const folder_;

  mutable std::mutex mutex_;
  size_t used_ = 0;  // bytes of segments in use
  uint64_t last_number_ = 0;
  Segments in_use_;
  bool owns_files_ = true;
  size_t looked_at_ = 0;  // in misses_file
  Segments free_;
  std::string trouble_;
};

}  // namespace penstock::engine
