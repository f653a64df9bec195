// A segment: one mapped piece of the log, a file of the intake's folder or anonymous memory.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "intake/format.hpp"

namespace penstock::engine {

class Segment {
 public:
  // Anonymous memory. Throws std::bad_alloc.
  static std::unique_ptr<Segment> in_memory(size_t bytes);
  // A new file of `bytes`, preallocated, so that no write to it can meet a full disk.
  // Nothing when that fails; `error` says why.
  static std::unique_ptr<Segment> create(const std::string& path, size_t bytes, std::string& error);
  // An existing file, whatever is in it.
  static std::unique_ptr<Segment> open(const std::string& path, bool writable, std::string& error);
  ~Segment();
  Segment(const Segment&) = delete;
  Segment& operator=(const Segment&) = delete;

  // Begins a new life with this header; what was in it is forgotten.
  void begin(SegmentHeader header);
  // The header if either copy is well. `segment` of any version.
  const SegmentHeader* header() const;

  char* at(size_t offset) { return memory_ + offset; }
  const char* at(size_t offset) const { return memory_ + offset; }
  size_t bytes() const { return bytes_; }
  // Of the header it was begun with, or 0.
  uint64_t number() const { return number_; }
  const std::string& path() const { return path_; }  // empty: memory
  bool is_file() const { return !path_.empty(); }

  // Everything written so far is on the disk. False: `error` says why not.
  bool sync(std::string& error);
  // Ends the file, now that nobody needs it.
  void remove();

  // How many need it: the intake while it appends to it, and every block in it.
  std::atomic<uint32_t> holders = 0;

 private:
  Segment(std::string path, int fd, char* memory, size_t bytes);
  static std::unique_ptr<Segment> map(const std::string& path, int fd, size_t bytes, bool writable,
                                      std::string& error);

  std::string path_;
  int fd_;
  char* memory_;
  size_t bytes_;
  uint64_t number_ = 0;
};

}  // namespace penstock::engine
