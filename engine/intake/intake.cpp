#include "intake/intake.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "intake/recovery.hpp"

namespace penstock::engine {

Intake::Intake(const BufferOptions& options, Wakeup& pump, uint32_t extra_columns)
    : log_(options, pump),
      ranges_(log_),
      reader_(log_, ranges_, extra_columns),
      sync_(log_, ranges_),
      writer_(log_, kept_files_, sync_) {}

Intake::~Intake() {
  writer_.close();
  sync_.end();
  writer_.end();
  // What isn't done stays in its segment for the next process.
  std::set<Block*> blocks(log_.unread.begin(), log_.unread.end());
  for (const SliceRows& slice : log_.found) blocks.insert(slice.block);
  ranges_.add_blocks_to(blocks);
  for (Block* block : blocks) delete block;
}

Result<Intake::Found> Intake::open(const IntakeOwner& owner,
                                   std::function<void(const std::string&)> trouble) {
  log_.trouble = std::move(trouble);
  constexpr size_t kPage = 4096;
  const auto segment_bytes = static_cast<size_t>(log_.options.segment_bytes.count) / kPage * kPage;
  if (is_disk()) {
    auto folder = Folder::open(log_.options.path, owner);
    if (!folder) return fail(std::move(folder.error()));
    log_.folder = std::move(*folder);
    id_ = id_text(log_.folder->checkpoint().id());
    run_ = id_text(log_.folder->checkpoint().run());
  }
  log_.store = std::make_unique<SegmentStore>(segment_bytes, max_bytes(), log_.folder.get());
  if (!is_disk()) return Found{};

  auto recovery = recover(*log_.folder);
  if (!recovery) return fail(std::move(recovery.error()));
  adopt(*recovery);
  log_.folder->checkpoint().end_recovery();
  if (auto synced = log_.folder->sync(); !synced) return fail(std::move(synced.error()));
  sync_.start();
  return Found{recovery->messages, recovery->damaged, std::move(recovery->problems)};
}

void Intake::adopt(Recovery& recovery) {
  for (auto& segment : recovery.in_use) log_.store->adopt(std::move(segment), true);
  for (auto& segment : recovery.free) log_.store->adopt(std::move(segment), false);
  log_.found = std::move(recovery.slices);
  damaged_ = recovery.damaged;
  log_.received = recovery.messages;
  log_.offered = recovery.messages;
  const uint64_t next = recovery.next_position;
  log_.appended = log_.found_end = next;
  const std::vector<Checkpoint::PastRun> runs = log_.folder->checkpoint().earlier_runs(next);
  for (const auto& [run, end] : runs) earlier_runs_.push_back({id_text(run), end});
  kept_files_.open(*log_.folder, runs.front().id, damaged_ > 0);
  const uint64_t watermark = log_.found.empty() ? next : log_.found_begin();
  ranges_.set_watermark(watermark);
  sync_.set_positions(next, watermark);
  CheckpointPage& checkpoint = log_.folder->checkpoint().page();
  checkpoint.appended.set(next);
  checkpoint.watermark.set(watermark);
  checkpoint.synced.set(log_.is_machine_safe() ? next : 0);
}

void Intake::damage_reported() {
  if (log_.folder && damaged_ > 0) log_.folder->checkpoint().damage_reported();
}

bool Intake::has_lost_folder() {
  if (!log_.folder || log_.lost_folder) return log_.lost_folder;
  if (!log_.folder->is_lost() && !log_.store->misses_file()) return false;
  log_.store->forget_files();
  safe_at_loss_ = safe_position();
  log_.lost_folder = true;
  log_.trouble(fmt::format(
      "intake {}: files were deleted or replaced while in use; the intake accepts nothing more. "
      "Penstock exits once what it holds is written, and creates a new intake at the next start",
      log_.folder->path()));
  return true;
}

bool Intake::outlives_process() const {
  return log_.folder && !log_.lost_folder && !log_.folder->is_lost();
}

uint64_t Intake::transfer_to(Intake& to) {
  ranges_.abandon();
  ranges_.dispatch_again();
  uint64_t messages = 0;
  while (reader_.available() > 0) {
    Slice slice = reader_.take(kBlockRows);
    Block& block = *slice.range->block;
    const auto first = static_cast<uint32_t>(slice.range->first - block.first());
    const auto text = [](const char* bytes, const int32_t* offsets, uint32_t row) {
      return penstock_text{bytes + offsets[row],
                           static_cast<size_t>(offsets[row + 1] - offsets[row])};
    };
    for (uint32_t row = first; row < first + slice.range->rows; ++row) {
      penstock_source_message message = {};
      message.size = sizeof(message);
      message.flags = block.flags(row);
      message.topic = text(block.topics(), block.topic_offsets(), row);
      message.payload = text(block.payloads(), block.payload_offsets(), row);
      message.received_us = block.received()[row];
      message.identifier = block.identifier(row);
      const std::string_view attributes = block.attributes(row);
      message.attributes = {attributes.data(), attributes.size()};
      messages += to.writer().append({&message, 1}, true, nullptr);
    }
    slice.messages.release(&slice.messages);
    ranges_.done(slice.range);
  }
  return messages;
}

Intake::Totals Intake::totals() const {
  return {carried_.received + received(), carried_.done + received() - undone(),
          carried_.dropped + dropped(), carried_.damaged + damaged()};
}

uint64_t Intake::durable_watermark() const {
  return log_.is_machine_safe() ? sync_.watermark() : ranges_.watermark();
}

uint64_t Intake::safe_position() const {
  if (!is_disk()) return ranges_.watermark();
  if (log_.lost_folder) return std::max(safe_at_loss_.load(), ranges_.watermark());
  return log_.is_machine_safe() ? sync_.position() : appended();
}

}  // namespace penstock::engine
