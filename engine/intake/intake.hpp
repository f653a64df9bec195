// The engine's buffer behind a source: an append-only log of message batches, in memory or in a
// folder (README.md).
//
// Three parties meet here, each on threads of its own and with a part of its own: the source
// appends by the writer, the pump takes slices for the graph from the reader, and whoever ends the
// last batch made from a slice tells the ranges. What is said here is of all of them together.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "config/engine_options.hpp"
#include "config/result.hpp"
#include "intake/kept_files.hpp"
#include "intake/ranges.hpp"
#include "intake/reader.hpp"
#include "intake/shared_log.hpp"
#include "intake/sync.hpp"
#include "intake/writer.hpp"

namespace penstock::engine {

struct Recovery;

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
  // When no other thread is left.
  ~Intake();
  Intake(const Intake&) = delete;
  Intake& operator=(const Intake&) = delete;

  // Before all others. A disk intake locks its folder and finds what an earlier process left in
  // it. `trouble` is called when the disk has no room, and with an empty text when it has again, by
  // the source's threads and the intake's own.
  Result<Found> open(const IntakeOwner& owner, std::function<void(const std::string&)> trouble);
  bool is_open() const { return log_.store != nullptr; }
  // What is damaged was logged, and is in the metrics for as long as this process lives. A start
  // that breaks off before leaves it to the next.
  void damage_reported();

  // Of the source, the pump, and any thread.
  KeptFiles& kept_files() { return kept_files_; }
  IntakeWriter& writer() { return writer_; }
  const IntakeWriter& writer() const { return writer_; }
  IntakeReader& reader() { return reader_; }
  const IntakeReader& reader() const { return reader_; }
  Ranges& ranges() { return ranges_; }
  const Ranges& ranges() const { return ranges_; }

  // The rest is for any thread.

  // Once in a while: whether a disk intake still is where its options say. Once its files were
  // deleted or replaced it takes nothing more, and acknowledges only what is done.
  bool has_lost_folder();
  // Whether what is undone is there at the next start. Some system calls.
  bool outlives_process() const;
  // After the end of the source and the pump: gives all that is not done to another intake, as
  // promised messages. Returns how many.
  uint64_t transfer_to(Intake& to);

  // The position after the last message.
  uint64_t appended() const { return log_.appended.load(std::memory_order_acquire); }
  // The position up to which the source may acknowledge: everything below is as safe as
  // `durability` promises, or with a memory intake done.
  uint64_t safe_position() const;
  // The watermark as it would be found after the worst that `durability` allows for.
  uint64_t durable_watermark() const;

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

  // Messages.
  uint64_t received() const { return get(log_.received); }  // with what was found
  uint64_t dropped() const { return writer_.dropped(); }
  uint64_t damaged() const { return damaged_; }
  uint64_t done_rows() const { return get(log_.done_rows); }
  uint64_t undone() const { return log_.undone(); }
  // Dispatched and not done.
  uint64_t in_graph() const { return log_.dispatched.load() - get(log_.done_rows); }
  bool drained() const { return log_.drained(); }
  // With those of an intake in whose place it came.
  struct Totals {
    uint64_t received = 0, done = 0, dropped = 0, damaged = 0;
  };
  Totals totals() const;
  void carry_on(const Totals& earlier) { carried_ = earlier; }

  size_t max_bytes() const { return static_cast<size_t>(log_.options.max_bytes.count); }
  size_t held_bytes() const { return log_.store->held_bytes(); }
  size_t segments() const { return log_.store->segments(); }

 private:
  // Makes what was found the log's beginning.
  void adopt(Recovery& recovery);

  SharedLog log_;
  Ranges ranges_;
  IntakeReader reader_;
  IntakeSync sync_;
  KeptFiles kept_files_;
  IntakeWriter writer_;

  // Set by `open`.
  std::string id_, run_;
  std::vector<EarlierRun> earlier_runs_;
  uint64_t damaged_ = 0;
  Totals carried_;
  std::atomic<uint64_t> safe_at_loss_ = 0;  // position
};

}  // namespace penstock::engine
