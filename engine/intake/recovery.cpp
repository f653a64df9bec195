#include "intake/recovery.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <set>

namespace penstock::engine {
namespace {

// After a machine's restart positions go on at a multiple of this, so that one that was given to
// a message which the page cache lost is never given again.
constexpr uint64_t kRestartStep = uint64_t{1} << 40;

// Where damage cuts a slice it is cut from now on, and what cannot be read is not found again. What
// comes later in the block first: a death in between must not make a slice longer.
using Cuts = std::map<uint32_t, SliceState, std::greater<>>;

Cuts cuts_of(const FoundBlock& found) {
  Cuts cuts;
  if (found.damaged.empty()) return cuts;
  for (const SliceRows& run : found.undone) cuts[run.row] = SliceState::kBegins;
  for (const SliceRows& run : found.damaged) cuts[run.row] = SliceState::kDone;
  return cuts;
}

void mark(Block& block, const Cuts& cuts) {
  for (const auto& [row, state] : cuts) {
    block.set_state(row, state);
    std::atomic_signal_fence(std::memory_order_seq_cst);
  }
}

// A file that nothing is known of may hold messages: it is kept for a person.
void set_aside(const std::string& path, const char* why, std::vector<std::string>& problems) {
  const std::string kept = path + ".damaged";
  std::error_code code;
  std::filesystem::rename(path, kept, code);
  problems.push_back(code ? fmt::format("{}: {}", path, why)
                          : fmt::format("{}: {}; kept as {}", path, why, kept));
}

// Reads the folder's segments one after the other, oldest first. What it finds damaged it counts
// before it marks or forgets anything: a death in between must not hide it.
class RecoveryPass {
 public:
  RecoveryPass(Folder& folder, Recovery& recovery)
      : folder_(folder), checkpoint_(folder.checkpoint()), recovery_(recovery) {
    const CheckpointPage& page = checkpoint_.page();
    if (page.watermark.holds()) watermark_ = page.watermark.number;
    known_gaps_ = checkpoint_.known_gaps();
  }

  void read(std::unique_ptr<Segment> segment) {
    const SegmentLife& life = segment->life();
    if (life.number == 0) {
      // Made and not yet begun, or damaged.
      if (segment->is_blank()) recovery_.free.push_back(std::move(segment));
      else set_aside(segment->path(), "both copies of its header are damaged", recovery_.problems);
      return;
    }
    if (!checkpoint_.is_of_folder(life.intake) || life.version > kFormatVersion) {
      recovery_.problems.push_back(
          fmt::format("{}: is of another intake or version and was left alone", segment->path()));
      return;
    }
    if (life.number == last_number_ + 1) expect(life.first);
    last_number_ = life.number;
    end_ = life.first;
    const bool needed = read_blocks(*segment);
    const std::optional<SegmentEntry> entry = entry_of(*segment);
    if (entry && entry->end.number != 0) expect(entry->end.number);
    if (!needed) later([this, file = segment->file_number()] { checkpoint_.forget(file); });
    if (needed && !entry) later([this, in_use = segment.get()] { checkpoint_.enter(*in_use); });
    newest_is_open_ = entry ? entry->end.number == 0 : needed;
    if (needed && newest_is_open_) open_.emplace_back(segment.get(), end_);
    (needed ? recovery_.in_use : recovery_.free).push_back(std::move(segment));
  }

  // A segment of the table whose file is gone.
  void miss(const SegmentEntry& entry) {
    const ProvenNumber& appended = checkpoint_.page().appended;
    uint64_t end = entry.end.number;
    if (end == 0) end = appended.holds() ? appended.number : entry.first;
    const uint64_t from = std::max(entry.first, watermark_);
    const uint64_t messages = end > from ? end - from : 0;
    recovery_.damaged += messages;
    recovery_.problems.push_back(
        fmt::format("{}/{:08}.segment is missing; up to {} messages are lost", folder_.path(),
                    entry.file, messages));
    newest_is_open_ = newest_is_open_ && entry.number < last_number_;
    last_number_ = std::max(last_number_, entry.number);
    end_ = std::max(end_, end);
    later([this, file = entry.file] { checkpoint_.forget(file); });
  }

  void finish() {
    folder_.set_last_number(last_number_);
    const CheckpointPage& page = checkpoint_.page();
    uint64_t next = end_;
    if (page.appended.holds()) {
      // After a closed segment there were later ones, all done and recycled.
      if (newest_is_open_) expect(safe_end(page));
      next = std::max(end_, page.appended.number);
    }
    const bool found_any = recovery_.damaged > 0;
    recovery_.damaged = checkpoint_.count_damage(recovery_.damaged);
    if (found_any) static_cast<void>(folder_.sync());  // the log opens all the same
    for (const auto& change : later_) change();
    // What is not synced is marked once more after the machine's restart.
    for (Segment* segment : marked_) static_cast<void>(segment->sync());
    checkpoint_.keep_gaps(gaps_);
    for (const auto& [segment, end] : open_) {
      // What the newest has lost behind its last block is counted by now.
      checkpoint_.enter_end(*segment, segment->number() == last_number_ ? end_ : end);
    }
    if (checkpoint_.machine_restarted() && next != 0)
      next = (next / kRestartStep + 1) * kRestartStep;
    recovery_.next_position = next;
  }

 private:
  std::optional<SegmentEntry> entry_of(const Segment& segment) const {
    const SegmentEntry* entry = checkpoint_.entry_of(segment.file_number());
    if (!entry || entry->number != segment.number() || !entry->end.holds()) return std::nullopt;
    return *entry;
  }

  // Whether something in it is not done.
  bool read_blocks(Segment& segment) {
    bool needed = false;
    for_each_block(segment, watermark_, [&](std::unique_ptr<Block> block, FoundBlock& found) {
      expect(block->first());
      end_ = block->first() + block->published();
      recovery_.damaged += found.damaged_messages();
      if (Cuts cuts = cuts_of(found); !cuts.empty()) {
        later([in = block.get(), cuts = std::move(cuts)] { mark(*in, cuts); });
        marked_.insert(&segment);
      }
      if (found.undone.empty()) {
        segment.holders.fetch_sub(1);
        if (!found.damaged.empty()) damaged_.push_back(std::move(block));
        return;
      }
      needed = true;
      for (const SliceRows& slice : found.undone) {
        recovery_.messages += slice.rows;
        recovery_.slices.push_back(slice);
      }
      static_cast<void>(block.release());  // the slices'
    });
    return needed;
  }

  // The position up to which messages were promised to be there.
  uint64_t safe_end(const CheckpointPage& page) const {
    const bool may_lack = checkpoint_.machine_restarted() && page.synced.holds();
    return may_lack && page.synced.number > 0 ? page.synced.number : page.appended.number;
  }

  // What comes next begins at `position`; what lies between is damaged, unless it is the step of
  // a machine's restart. It is counted once, though it is found for as long as anything before it
  // is not done.
  void expect(uint64_t position) {
    const uint64_t from = std::max(end_, watermark_);
    end_ = std::max(end_, position);
    const bool restarted = position % kRestartStep == 0;
    if (last_number_ == 0 || restarted || position <= from) return;
    gaps_.push_back({ProvenNumber::of(from), ProvenNumber::of(position)});
    recovery_.damaged += position - from;
    for (const Gap& known : known_gaps_) {
      const uint64_t first = std::max(from, known.first.number);
      const uint64_t end = std::min(position, known.end.number);
      if (first < end) recovery_.damaged -= end - first;
    }
  }

  void later(std::function<void()> change) { later_.push_back(std::move(change)); }

  Folder& folder_;
  Checkpoint& checkpoint_;
  Recovery& recovery_;
  std::vector<std::function<void()>> later_;     // in the folder
  std::vector<std::unique_ptr<Block>> damaged_;  // from the first row to the last
  std::set<Segment*> marked_;
  std::vector<Gap> known_gaps_, gaps_;
  uint64_t watermark_ = 0;
  uint64_t last_number_ = 0;     // of the segment before
  bool newest_is_open_ = false;  // was appended to, as far as is known
  uint64_t end_ = 0;             // the position after the last message found
  std::vector<std::pair<const Segment*, uint64_t>> open_;  // without an end in the table
};

}  // namespace

void identify(Folder::Files& files, const std::vector<SegmentEntry>& entries,
              std::vector<std::string>& problems) {
  for (const auto& segment : files.segments) {
    const auto entry = std::find_if(entries.begin(), entries.end(), [&](const auto& each) {
      return each.file == segment->file_number();
    });
    if (segment->number() != 0 || entry == entries.end()) continue;
    segment->set_life({entry->version, entry->number, entry->first, entry->key, entry->intake});
    problems.push_back(
        fmt::format("{}: both copies of its header are damaged; recovered from the checkpoint",
                    segment->path()));
  }
  std::sort(files.segments.begin(), files.segments.end(),
            [](const auto& a, const auto& b) { return a->number() < b->number(); });
}

Result<Recovery> recover(Folder& folder) {
  Folder::Files files = Folder::segments_in(folder.path(), true);
  if (!files.unreadable.empty()) {
    return fail(fmt::format(
        "{}; its messages would be skipped. Make it readable, or move it away: its pending "
        "messages are then lost, and counted",
        files.unreadable.front()));
  }
  Recovery recovery;
  for (const std::string& path : files.too_short) {
    set_aside(path, "is truncated to less than a segment", recovery.problems);
  }
  std::vector<SegmentEntry> missing = folder.checkpoint().entries();
  identify(files, missing, recovery.problems);
  for (const auto& segment : files.segments) {
    std::erase_if(missing, [&](const auto& entry) { return entry.file == segment->file_number(); });
  }
  RecoveryPass pass(folder, recovery);
  for (auto& segment : files.segments) pass.read(std::move(segment));
  for (const SegmentEntry& entry : missing) pass.miss(entry);
  pass.finish();
  return recovery;
}

}  // namespace penstock::engine
