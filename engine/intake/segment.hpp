// A segment: one mapped piece of the log, a file of the intake's folder or anonymous memory. It
// keeps no descriptor: how many segments there are is a matter of disk, not of `ulimit -n`.
#pragma once

#include <sys/stat.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "config/result.hpp"
#include "intake/format.hpp"

namespace penstock::engine {

// Which of its lives a segment is in, as its header says, of either version.
struct SegmentLife {
  uint32_t version = 0;
  uint64_t number = 0;
  uint64_t first = 0;
  uint64_t key = 0;  // version 1: the number
  Id intake = {};
};

class Segment {
 public:
  // Anonymous memory. Throws std::bad_alloc.
  static std::unique_ptr<Segment> in_memory(size_t bytes);
  // A new file of `bytes`, preallocated, so that no write to it can meet a full disk.
  static Result<std::unique_ptr<Segment>> create(const std::string& path, size_t bytes);
  // An existing file, whatever is in it.
  static Result<std::unique_ptr<Segment>> open(const std::string& path, bool writable);
  ~Segment();
  Segment(const Segment&) = delete;
  Segment& operator=(const Segment&) = delete;

  // Begins a new life with this header; what was in it is forgotten.
  void begin(SegmentHeader header);
  // What either copy of the header says; nothing when neither is intact.
  std::optional<SegmentLife> read_life() const;
  // Takes another's word for it.
  void set_life(const SegmentLife& life);
  // Nothing was ever written to it.
  bool is_blank() const;

  char* at(size_t offset) { return memory_ + offset; }
  const char* at(size_t offset) const { return memory_ + offset; }
  size_t bytes() const { return bytes_; }
  // Version 0: unknown.
  const SegmentLife& life() const { return life_; }
  uint64_t number() const { return life_.number; }
  // life().intake as people write it; empty in memory.
  const std::string& intake() const { return intake_; }
  // N of its name, N.segment.
  uint64_t file_number() const;
  const std::string& path() const { return path_; }  // empty: memory
  bool is_file() const { return !path_.empty(); }
  // Its path names no file any more, or another one.
  bool is_missing() const;

  // Afterwards everything written before is on the disk.
  Result<void> sync();
  // Ends the file, now that nobody needs it.
  void remove();

  // How many need it: the intake while it appends to it, and every block in it.
  std::atomic<uint32_t> holders = 0;

 private:
  Segment(std::string path, char* memory, size_t bytes);
  static Result<std::unique_ptr<Segment>> map(const std::string& path, int fd, size_t bytes,
                                              bool writable);

  std::string path_;
  struct stat opened_ = {};
  char* memory_;
  size_t bytes_;
  SegmentLife life_;
  std::string intake_;
};

}  // namespace penstock::engine
