// The engine's buffer behind a source: an append-only log of message batches, in memory or in a
// folder.
//
// Three parties meet here, each on threads of its own: the source appends, the pump takes
// slices for the graph, and whoever ends the last batch made from a slice says `done`.
#pragma once

#include <penstock/plugin.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>

#include "config/engine_options.hpp"
#include "intake/block.hpp"
#include "intake/kept_file.hpp"
#include "intake/ranges.hpp"
#include "intake/recovery.hpp"
#include "intake/shared_log.hpp"
#include "intake/slice.hpp"
#include "telemetry/measures.hpp"

namespace penstock::engine {

class Intake {
 public:
  // What `open` found in the folder.
  struct Found {
    uint64_t messages = 0;  // that will be dispatched again
    uint64_t damaged = 0;   // that were cut
    std::vector<std::string> problems;
  };

  // `pump` is woken when there is something to take or a new watermark to tell.
  // `extra_columns`: PENSTOCK_COLUMN_….
  Intake(const BufferOptions& options, Wakeup& pump, uint32_t extra_columns = 0);
  ~Intake();
  Intake(const Intake&) = delete;
  Intake& operator=(const Intake&) = delete;

  // Before all others. A disk intake locks its folder and finds what an earlier process left in
  // it. False: `error` says why not. `trouble` is called when the disk has no room, and with an
  // empty text when it has again, by the source's threads and the intake's own.
  bool open(const IntakeOwner& owner, std::function<void(const std::string&)> trouble, Found& found,
            std::string& error);

  // What is damaged was logged, and is in the metrics for as long as this process lives. A start
  // that breaks off before leaves it to the next.
  void damage_reported();

  // What the source keeps beside its messages; see penstock_host. Null with a memory intake, or
  // where it cannot be had: then `error` says why.
  struct Kept {
    std::shared_ptr<KeptFile> file;
    penstock_kept state = PENSTOCK_KEPT_NEW;
  };
  // Before the source's first append, which says that what is kept is in order.
  Kept keep(const std::string& name, size_t bytes, std::string& error);

  // The source, one thread at a time. Returns how many were taken, from the first on.
  // With overflow = "drop_newest" all are taken, and what had no room is counted.
  // With `force` the limit doesn't count, and a full disk is waited for until `close`.
  size_t append(std::span<const penstock_source_message> messages, bool force, uint64_t* position);
  // Any thread of the source. False after `timeout`, or at once when closing.
  bool wait_for_space(std::chrono::nanoseconds timeout);
  // Any thread, once in a while: whether a disk intake still is where its options say. Once its
  // files were deleted or replaced it takes nothing more, and acknowledges only what is done.
  bool has_lost_folder();
  // Whether what is undone is there at the next start. Any thread; some system calls.
  bool outlives_process() const;
  // Any thread: the source was told that there is no room, and nothing was taken since.
  bool refuses() const { return refuses_.load(std::memory_order_relaxed); }
  // While it pauses the source waits as for space; what it has promised is taken all the same.
  void pause(bool pause);
  // The engine is stopping: nobody waits for space any more.
  void close();

  Ranges& ranges() { return ranges_; }
  const Ranges& ranges() const { return ranges_; }

  // The pump.
  uint64_t available() const { return log_.available(); }
  // Up to `max_rows` messages that lie together; call when some are available.
  Slice take(uint32_t max_rows);
  // A block that was dispatched whole, and that nothing is added to any more, is held until it is
  // released: its segment may be the one that the next message waits for.
  bool has_read_block() const {
    return reading_ && reading_->sealed() && next_row_ == reading_->published();
  }
  void release_read_block();

  // Instead of dispatching once more what is not done, after the source's end: gives all of it to
  // another intake, as promised messages. Returns how many.
  uint64_t transfer_to(Intake& to);
  bool is_open() const { return log_.store != nullptr; }

  // The watermark as it would be found after the worst that `durability` allows for.
  uint64_t durable_watermark() const;
  // The position up to which the source may acknowledge: everything below is as safe as
  // `durability` promises, or with a memory intake done.
  uint64_t safe_position() const;
  uint64_t appended() const { return log_.appended.load(std::memory_order_acquire); }

  bool is_disk() const { return log_.is_disk(); }
  // Of the folder, 32 hexadecimal digits, the same for ever; empty for memory.
  const std::string& id() const { return id_; }
  // Under which what is appended now is known for ever; empty for memory.
  const std::string& run() const { return run_; }
  // The same of earlier runs, newest first; of these a ledger may still have entries, up to `end`.
  struct EarlierRun {
    std::string id;
    uint64_t end;
  };
  const std::vector<EarlierRun>& earlier_runs() const { return earlier_runs_; }
  uint64_t received() const { return get(log_.received); }  // with what was found
  uint64_t dropped() const { return get(dropped_); }
  uint64_t damaged() const { return damaged_; }
  uint64_t done_rows() const { return get(log_.done_rows); }
  uint64_t undone() const { return log_.undone(); }
  size_t max_bytes() const { return static_cast<size_t>(log_.options.max_bytes.count); }
  // Dispatched and not done.
  uint64_t in_graph() const { return log_.dispatched.load() - get(log_.done_rows); }
  bool drained() const { return log_.drained(); }
  // With those of an intake in whose place it came.
  struct Totals {
    uint64_t received = 0, done = 0, dropped = 0, damaged = 0;
  };
  Totals totals() const;
  void carry_on(const Totals& earlier) { carried_ = earlier; }
  size_t held_bytes() const { return log_.store->held_bytes(); }
  size_t segments() const { return log_.store->segments(); }

 private:
  bool open_block(const penstock_source_message& first, bool force);
  BlockShape shape_for(const penstock_source_message& first) const;
  void close_block();
  void close_segment();
  bool open_segment(size_t bytes, bool force);
  // Whether there is room, after making some if that can be.
  bool find_space();
  bool waits_for_nothing() const;
  void report_trouble();

  // The rows of the next slice, from what was found or from the open end of the log.
  SliceRows next_rows(uint32_t max_rows);
  void pass_found(uint32_t rows);
  Slice dispatch(const SliceRows& rows);
  Slice dispatch(Range* range);
  void add_appended(uint64_t position, size_t count);
  bool is_whole(const KeptFile& file) const;
  void assign_kept();

  void run_sync();
  bool sync_once(std::string& error);

  const uint32_t extra_columns_;
  SharedLog log_;
  Ranges ranges_;
  std::string id_, run_;
  std::vector<EarlierRun> earlier_runs_;
  uint64_t damaged_ = 0;
  Totals carried_;
  struct KeptHere {
    std::shared_ptr<KeptFile> file;
    bool is_asked_for = false;  // since the last append
  };
  std::map<std::string, KeptHere> kept_;  // by name
  bool kept_is_assigned_ = true;

  // The appending thread's.
  Segment* segment_ = nullptr;
  size_t segment_end_ = 0;  // where the next block may begin
  Block* open_ = nullptr;
  double topic_bytes_ = 32;  // a message, as in the blocks before
  double payload_bytes_ = 160;
  double attribute_bytes_ = 0;

  std::atomic<uint64_t> synced_ = 0;             // position
  std::atomic<uint64_t> durable_watermark_ = 0;  // with durability = "machine"
  std::atomic<bool> closing_ = false;
  std::atomic<bool> refuses_ = false;
  std::atomic<bool> paused_ = false;
  std::atomic<uint64_t> safe_at_loss_ = 0;  // position
  Count dropped_ = 0;

  // Under the log's mutex.
  std::vector<Segment*> unsynced_;
  size_t wanted_bytes_ = 0;  // what a waiting source needs
  bool in_trouble_ = false;

  // The pump's.
  Block* reading_ = nullptr;
  uint32_t next_row_ = 0;

  // With durability = "machine".
  std::atomic<bool> end_sync_ = false;
  std::mutex sync_mutex_;
  std::condition_variable sync_due_;
  std::thread sync_thread_;
};

}  // namespace penstock::engine
