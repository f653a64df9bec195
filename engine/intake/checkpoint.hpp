// The checkpoint of an intake's folder, mapped: whose folder it is, how far it is, which runs have
// appended, which segments are in use, what damage is known (CheckpointPage, SegmentEntry).
//
// What stands in `page()` is written by the role that it belongs to; all else by the thread that
// opens the folder, the table of segments under the SegmentStore's mutex afterwards.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "config/result.hpp"
#include "intake/segment.hpp"

namespace penstock::engine {

// Whose intake it is, as written into every header.
struct IntakeOwner {
  std::string pipeline;
  std::string source;
};

class Checkpoint {
 public:
  Checkpoint() = default;
  ~Checkpoint() { close(); }
  Checkpoint(const Checkpoint&) = delete;
  Checkpoint& operator=(const Checkpoint&) = delete;

  // FOLDER/checkpoint, made if there is none or a damaged one; then `newest_life` says how far the
  // folder is. Fails also when it is another owner's.
  Result<void> open(const std::string& folder, const IntakeOwner& owner,
                    const std::function<SegmentLife()>& newest_life);
  void close();
  // That of a folder that may be another process's; nothing when there is none.
  static std::unique_ptr<CheckpointPage> read(const std::string& folder);
  // Its table of segments in use.
  static std::vector<SegmentEntry> read_entries(const std::string& folder);

  CheckpointPage& page() { return *page_; }
  const CheckpointPage& page() const { return *page_; }
  int fd() const { return fd_; }

  // Of the folder.
  const Id& id() const { return page_->intake; }
  // Of this process's time with it.
  const Id& run() const { return run_; }
  // Of the times before in which messages were appended, newest first, as far as it knows them;
  // `end`: the position after their last message here.
  struct PastRun {
    Id id;
    uint64_t end;
  };
  std::vector<PastRun> earlier_runs(uint64_t next_position) const;
  // Whether the messages of an intake's run were appended in this folder.
  bool is_of_folder(const Id& run) const;
  // The machine has been restarted since the folder was last open.
  bool machine_restarted() const { return machine_restarted_; }

  // What a segment's next life begins with; `first`: the position of its first message. The first
  // of a run notes the run.
  SegmentHeader header_of(uint64_t number, uint64_t first);

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
  // was found to what is not yet reported; sync it before marking any. Returns the total to report.
  uint64_t count_damage(uint64_t found);
  void damage_reported();
  // The total of a folder that may be another process's.
  static uint64_t damage_with(const CheckpointPage& checkpoint, uint64_t found);
  // The gaps that recovery has found and counted.
  std::vector<Gap> known_gaps() const;
  void keep_gaps(const std::vector<Gap>& gaps);

 private:
  Result<void> map(const std::string& path);
  void draw_run();
  void note_run(uint64_t first);
  std::span<SegmentEntry> table() const;

  int fd_ = -1;
  CheckpointPage* page_ = nullptr;  // mapped, with the table behind it
  Id run_ = {};
  bool run_is_noted_ = false;
  bool machine_restarted_ = false;
};

}  // namespace penstock::engine
