// The folder of a disk intake: its lock, its checkpoint and its segment files.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "intake/segment.hpp"

namespace penstock::engine {

// Whose intake it is, as written into every header.
struct IntakeOwner {
  std::string pipeline;
  std::string source;
};

class Folder {
 public:
  // Makes the folder if there is none and locks it. Nothing when that fails, when another
  // process has it, or when it is another owner's: `error` says what to do.
  static std::unique_ptr<Folder> open(const std::string& path, const IntakeOwner& owner,
                                      std::string& error);
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  // The segment files of a folder, in the order of their numbers; those without an intact
  // header come first, with number 0. Files that can't be opened are named in `problems`.
  static std::vector<std::unique_ptr<Segment>> segments_in(const std::string& path, bool writable,
                                                           std::vector<std::string>& problems);
  // The checkpoint of a folder that may be another process's; nothing when there is none.
  static std::unique_ptr<CheckpointPage> read_checkpoint(const std::string& path);
  // The process that holds the lock, or 0.
  static int owner_pid(const std::string& path);

  const std::string& path() const { return path_; }
  const Id& id() const { return checkpoint_->intake; }
  // The machine has been started anew since the folder was last open.
  bool machine_restarted() const { return machine_restarted_; }

  // A new file. Nothing when there is no room for it; `error` says why.
  std::unique_ptr<Segment> make_segment(size_t bytes, std::string& error);
  // What a segment's next life begins with.
  SegmentHeader next_header();
  // Numbers up to this one are taken.
  void set_last_number(uint64_t number) { last_number_ = number; }

  CheckpointPage& checkpoint() { return *checkpoint_; }
  // The checkpoint and the names of the files are on the disk.
  bool sync(std::string& error);

 private:
  explicit Folder(std::string path) : path_(std::move(path)) {}
  bool lock(std::string& error);
  bool open_checkpoint(const IntakeOwner& owner, std::string& error);
  // By the newest of its segments.
  std::optional<Id> known_id() const;

  std::string path_;
  int folder_fd_ = -1, lock_fd_ = -1, checkpoint_fd_ = -1;
  CheckpointPage* checkpoint_ = nullptr;  // mapped
  bool machine_restarted_ = false;
  uint64_t last_number_ = 0;
};

// As people write it: 32 hexadecimal digits.
std::string id_text(const Id& id);

}  // namespace penstock::engine
