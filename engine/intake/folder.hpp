// The folder of a disk intake: its lock, its checkpoint and its segment files.
#pragma once

#include <memory>
#include <optional>
#include <span>
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

  struct Files {
    // In the order of their numbers; those whose headers are damaged come first, with number 0.
    std::vector<std::unique_ptr<Segment>> segments;
    std::vector<std::string> too_short;   // paths of what is cut to less than a segment
    std::vector<std::string> unreadable;  // why, of what cannot be opened
  };
  static Files segments_in(const std::string& path, bool writable);
  // The checkpoint of a folder that may be another process's; nothing when there is none.
  static std::unique_ptr<CheckpointPage> read_checkpoint(const std::string& path);
  // Its table of segments in use.
  static std::vector<SegmentEntry> read_entries(const std::string& path);
  // The process that holds the lock, or 0.
  static int owner_pid(const std::string& path);

  const std::string& path() const { return path_; }
  const Id& id() const { return checkpoint_->intake; }
  // Of this process's time with it.
  const Id& run() const { return run_; }
  // Of the times before in which messages were appended, newest first, as far as it knows them;
  // `end`: the position after their last message here.
  struct EarlierRun {
    Id id;
    uint64_t end;
  };
  std::vector<EarlierRun> earlier_runs(uint64_t next_position) const;
  // Whether the messages of an intake's run were appended in this folder.
  bool is_of_folder(const Id& run) const;
  // The machine has been started anew since the folder was last open.
  bool machine_restarted() const { return machine_restarted_; }

  // A new file. Nothing when there is no room for it; `error` says why.
  std::unique_ptr<Segment> make_segment(size_t bytes, std::string& error);
  // What a segment's next life begins with; `first`: the position of its first message.
  SegmentHeader next_header(uint64_t first);
  // Numbers up to this one are taken.
  void set_last_number(uint64_t number) { last_number_ = number; }

  // Any thread: whether what the path names is no longer what this process writes to.
  bool is_lost() const;

  CheckpointPage& checkpoint() { return *checkpoint_; }

  // The table of segments in use. One thread at a time. Beyond kMostEntries it knows no more.
  void enter(const Segment& segment);
  // `end`: the position after its last message.
  void enter_end(const Segment& segment, uint64_t end);
  void forget(uint64_t file_number);
  // Of a file; null when it is not entered.
  const SegmentEntry* entry_of(uint64_t file_number) const;
  std::vector<SegmentEntry> entries() const;

  // Recovery is complete: what it found is marked, and what is appended from now on is of this
  // version and this start of the machine.
  void end_recovery();

  // Damaged messages count until they were reported, however often a start breaks off. Adds what
  // was found to what is not yet reported; call before marking it. Returns the total to report.
  uint64_t count_damage(uint64_t found);
  void damage_reported();
  // The total of a folder that may be another process's.
  static uint64_t damage_with(const CheckpointPage& checkpoint, uint64_t found);
  // The gaps that recovery has found and counted.
  std::vector<Gap> known_gaps() const;
  void keep_gaps(const std::vector<Gap>& gaps);

  // The checkpoint and the names of the files are on the disk.
  bool sync(std::string& error);

 private:
  explicit Folder(std::string path) : path_(std::move(path)) {}
  bool lock(std::string& error);
  bool open_checkpoint(const IntakeOwner& owner, std::string& error);
  void draw_run();
  void note_run(uint64_t first);
  SegmentLife newest_life() const;
  std::span<SegmentEntry> table() const;

  std::string path_;
  int folder_fd_ = -1, lock_fd_ = -1, checkpoint_fd_ = -1;
  CheckpointPage* checkpoint_ = nullptr;  // mapped, with the table behind it
  Id run_ = {};
  bool run_is_noted_ = false;
  bool machine_restarted_ = false;
  uint64_t last_number_ = 0;
};

}  // namespace penstock::engine
