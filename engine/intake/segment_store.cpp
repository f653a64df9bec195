#include "intake/segment_store.hpp"

#include <unistd.h>

#include <algorithm>

namespace penstock::engine {
namespace {

// Recycled memory costs a sixth of fresh memory; more than these are not waited for.
constexpr size_t kMostFree = 3;

}  // namespace

SegmentStore::SegmentStore(size_t segment_bytes, size_t max_bytes, Folder* folder)
    : segment_bytes_(segment_bytes), max_bytes_(max_bytes), folder_(folder) {}

size_t SegmentStore::bytes_for(size_t bytes) const {
  constexpr size_t kPage = 4096;
  return std::max(segment_bytes_, (bytes + kFirstBlock + kPage - 1) / kPage * kPage);
}

SegmentStore::Segments::iterator SegmentStore::find_free(size_t bytes) {
  return std::find_if(free_.begin(), free_.end(), [&](const auto& segment) {
    return segment->bytes() >= bytes && segment->bytes() <= 2 * bytes;
  });
}

void SegmentStore::drop_free(size_t most) {
  for (; free_.size() > most; free_.pop_back()) {
    if (owns_files_) free_.back()->remove();
  }
}

bool SegmentStore::make_free(size_t bytes) {
  drop_free(0);  // they are of a size that the messages have outgrown
  trouble_.clear();
  auto segment = folder_ ? folder_->make_segment(bytes) : Segment::in_memory(bytes);
  if (segment) free_.push_back(std::move(*segment));
  else trouble_ = std::move(segment.error());
  return segment.has_value();
}

Segment* SegmentStore::reserve(size_t bytes, bool force, uint64_t first) {
  const size_t size = bytes_for(bytes);
  const std::lock_guard lock(mutex_);
  if (!force && !allows(size)) return nullptr;
  if (find_free(size) == free_.end() && !make_free(size)) return nullptr;
  const auto place = find_free(size);
  in_use_.push_back(std::move(*place));
  free_.erase(place);
  Segment* segment = in_use_.back().get();
  used_ += segment->bytes();
  SegmentHeader header = {};
  if (folder_) header = folder_->next_header(first);
  else header.number = ++last_number_;
  header.first = first;
  segment->begin(header);
  if (folder_) folder_->checkpoint().enter(*segment);
  return segment;
}

void SegmentStore::close(const Segment& segment, uint64_t end) {
  if (!folder_) return;
  const std::lock_guard lock(mutex_);
  folder_->checkpoint().enter_end(segment, end);
}

void SegmentStore::release(Segment* segment) {
  const std::lock_guard lock(mutex_);
  const auto place = std::find_if(in_use_.begin(), in_use_.end(),
                                  [&](const auto& each) { return each.get() == segment; });
  used_ -= segment->bytes();
  if (folder_) folder_->checkpoint().forget(segment->file_number());
  free_.push_back(std::move(*place));
  in_use_.erase(place);
  drop_free(kMostFree);
}

void SegmentStore::adopt(std::unique_ptr<Segment> segment, bool in_use) {
  const std::lock_guard lock(mutex_);
  if (in_use) {
    used_ += segment->bytes();
    in_use_.push_back(std::move(segment));
  } else {
    free_.push_back(std::move(segment));
    drop_free(kMostFree);
  }
}

bool SegmentStore::prepare(size_t bytes) {
  const size_t size = bytes_for(bytes);
  const std::lock_guard lock(mutex_);
  return allows(size) && (find_free(size) != free_.end() || make_free(size));
}

std::string SegmentStore::trouble() const {
  const std::lock_guard lock(mutex_);
  return trouble_;
}

// The newest every time, of the others one after the other.
bool SegmentStore::misses_file() {
  const std::lock_guard lock(mutex_);
  if (!folder_ || in_use_.empty()) return false;
  const Segment& next = *in_use_[looked_at_++ % in_use_.size()];
  return in_use_.back()->is_missing() || next.is_missing();
}

void SegmentStore::forget_files() {
  const std::lock_guard lock(mutex_);
  owns_files_ = false;
}

size_t SegmentStore::held_bytes() const {
  const std::lock_guard lock(mutex_);
  return used_;
}

size_t SegmentStore::segments() const {
  const std::lock_guard lock(mutex_);
  return in_use_.size();
}

}  // namespace penstock::engine
