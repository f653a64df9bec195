// The folder of a disk intake: its lock, its segment files, and its checkpoint.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "config/result.hpp"
#include "intake/checkpoint.hpp"
#include "intake/segment.hpp"

namespace penstock::engine {

class Folder {
 public:
  // Makes the folder if there is none and locks it. Fails also when another process has it, or when
  // it is another owner's.
  static Result<std::unique_ptr<Folder>> open(const std::string& path, const IntakeOwner& owner);
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  struct Files {
    // In the order of their numbers; those whose headers are damaged come first, with number 0.
    std::vector<std::unique_ptr<Segment>> segments;
    std::vector<std::string> too_short;   // paths of what is cut to less than a segment
    std::vector<std::string> unreadable;  // why, of what cannot be opened
  };
  static Files segments_in(const std::string& path, bool writable);
  // The process that holds the lock, or 0.
  static int owner_pid(const std::string& path);

  const std::string& path() const { return path_; }
  Checkpoint& checkpoint() { return checkpoint_; }
  const Checkpoint& checkpoint() const { return checkpoint_; }

  // A new file. Fails when there is no room for it.
  Result<std::unique_ptr<Segment>> make_segment(size_t bytes);
  // What a segment's next life begins with; `first`: the position of its first message.
  SegmentHeader next_header(uint64_t first) { return checkpoint_.header_of(++last_number_, first); }
  // Numbers up to this one are taken.
  void set_last_number(uint64_t number) { last_number_ = number; }

  // Any thread: whether what the path names is no longer what this process writes to.
  bool is_lost() const;

  // Afterwards the checkpoint and the names of the files are on the disk.
  Result<void> sync();

 private:
  explicit Folder(std::string path) : path_(std::move(path)) {}
  Result<void> lock();
  SegmentLife newest_life() const;

  std::string path_;
  int folder_fd_ = -1, lock_fd_ = -1;
  Checkpoint checkpoint_;
  uint64_t last_number_ = 0;
};

}  // namespace penstock::engine
