#include "intake/intake.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <set>

namespace penstock::engine {
namespace {

using namespace std::chrono_literals;

// How often a full disk is asked again.
constexpr auto kDiskRetry = 200ms;

// How long the thread that syncs may oversleep a message, or a new watermark.
constexpr auto kSyncIdle = 50ms;

// How long a message that would be dropped waits for those that are done to be released.
constexpr auto kNap = 1ms;
constexpr int kMostNaps = 1000;

}  // namespace

Intake::Intake(const BufferOptions& options, Wakeup& pump, uint32_t extra_columns)
    : extra_columns_(extra_columns), log_(options, pump), ranges_(log_) {}

Intake::~Intake() {
  end_sync_ = true;
  close();
  if (sync_thread_.joinable()) sync_thread_.join();
  // Nothing has to be looked for in what is sealed.
  if (open_) open_->seal();
  if (segment_) log_.store->close(*segment_, appended());
  // What isn't done stays in its segment for the next process.
  std::set<Block*> blocks(log_.unread.begin(), log_.unread.end());
  for (const SliceRows& slice : log_.found) blocks.insert(slice.block);
  ranges_.add_blocks_to(blocks);
  for (Block* block : blocks) delete block;
}

bool Intake::open(const IntakeOwner& owner, std::function<void(const std::string&)> trouble,
                  Found& found, std::string& error) {
  log_.trouble = std::move(trouble);
  const auto max_bytes = static_cast<size_t>(log_.options.max_bytes.count);
  constexpr size_t kPage = 4096;
  const size_t segment_bytes =
      static_cast<size_t>(log_.options.segment_bytes.count) / kPage * kPage;
  if (is_disk()) {
    log_.folder = Folder::open(log_.options.path, owner, error);
    if (!log_.folder) return false;
    id_ = id_text(log_.folder->id());
    run_ = id_text(log_.folder->run());
  }
  log_.store = std::make_unique<SegmentStore>(segment_bytes, max_bytes, log_.folder.get());
  if (!is_disk()) return true;

  Recovery recovery;
  if (!recover(*log_.folder, recovery, error)) return false;
  for (auto& segment : recovery.in_use) log_.store->adopt(std::move(segment), true);
  for (auto& segment : recovery.free) log_.store->adopt(std::move(segment), false);
  log_.found = std::move(recovery.slices);
  found = {recovery.messages, recovery.damaged, std::move(recovery.problems)};
  damaged_ = recovery.damaged;
  log_.received = recovery.messages;
  log_.offered = recovery.messages;
  log_.appended = synced_ = log_.found_end = recovery.next_position;
  for (const auto& [run, end] : log_.folder->earlier_runs(log_.appended)) {
    earlier_runs_.push_back({id_text(run), end});
  }
  const uint64_t watermark = log_.found.empty() ? log_.found_end : log_.found_begin();
  ranges_.set_watermark(watermark);
  durable_watermark_ = watermark;
  log_.folder->checkpoint().appended.set(log_.appended);
  log_.folder->checkpoint().watermark.set(watermark);
  log_.folder->checkpoint().synced.set(log_.is_machine_safe() ? log_.appended.load() : 0);
  log_.folder->end_recovery();
  if (!log_.folder->sync(error)) return false;
  if (log_.is_machine_safe()) sync_thread_ = std::thread([this] { run_sync(); });
  return true;
}

void Intake::damage_reported() {
  if (log_.folder && damaged_ > 0) log_.folder->damage_reported();
}

// ---- The source ----

// It fits to the messages when the last process that appended any had it, too, and when neither has
// lost anything since.
Intake::Kept Intake::keep(const std::string& name, size_t bytes, std::string& error) {
  if (!log_.folder) return {};
  KeptHere& kept = kept_[name];
  const bool is_open = kept.file && kept.file->bytes() == bytes;
  if (!is_open) kept.file = KeptFile::open(log_.folder->path(), name, bytes, error);
  if (!kept.file) return {};
  kept.is_asked_for = true;
  kept_is_assigned_ = false;
  KeptFile& file = *kept.file;
  if (!is_open && file.is_new()) return {kept.file, PENSTOCK_KEPT_NEW};
  if (is_whole(file)) return {kept.file, PENSTOCK_KEPT_WHOLE};
  file.assign_to({});  // in doubt until it is in order, over a kill as well
  return {kept.file, PENSTOCK_KEPT_DOUBTFUL};
}

bool Intake::is_whole(const KeptFile& file) const {
  if (file.is_copy()) return false;
  if (file.run() == log_.folder->run()) return true;  // for an instance before
  const bool none_since = run_number(file.run()) == run_number(log_.folder->run());
  const bool is_newest = none_since || id_text(file.run()) == earlier_runs_.front().id;
  return is_newest && damaged_ == 0 && !log_.folder->machine_restarted();
}

// Before the first message is there: a kill in between would leave a file without it.
void Intake::assign_kept() {
  if (kept_is_assigned_) return;
  for (auto& [name, kept] : kept_) {
    if (!kept.file) continue;
    // What an instance before asked for, and this one doesn't, knows nothing of what comes.
    kept.file->assign_to(kept.is_asked_for ? log_.folder->run() : Id{});
    kept.is_asked_for = false;
  }
  kept_is_assigned_ = true;
}

bool Intake::open_segment(size_t bytes, bool force) {
  close_segment();
  Segment* segment = log_.store->reserve(bytes, force, appended());
  // A forced append has been promised to the outside: it waits for a full disk.
  while (!segment && force && !closing_) {
    report_trouble();
    std::unique_lock lock(log_.mutex);
    log_.space.wait_for(lock, kDiskRetry, [&] { return closing_.load(); });
    lock.unlock();
    segment = log_.store->reserve(bytes, force, appended());
  }
  report_trouble();
  if (!segment) return false;
  segment->holders.fetch_add(1, std::memory_order_relaxed);
  segment_ = segment;
  segment_end_ = kFirstBlock;
  const std::lock_guard lock(log_.mutex);
  log_.growing = segment;
  return true;
}

// What a thousand messages like those before need, and this one surely; of large ones a block holds
// fewer.
BlockShape Intake::shape_for(const penstock_source_message& first) const {
  constexpr double kMargin = 1.3;
  constexpr size_t kMoreTopics = 1024;
  const auto estimate = [&](double average, size_t one) {
    const auto many = static_cast<size_t>(average * kBlockRows * kMargin);
    return std::max(std::min(many, log_.store->segment_bytes() / 4), one);
  };
  return {estimate(topic_bytes_, first.topic.size) + kMoreTopics,
          estimate(attribute_bytes_, first.attributes.size),
          estimate(payload_bytes_, first.payload.size)};
}

bool Intake::open_block(const penstock_source_message& first, bool force) {
  if (open_) close_block();
  const BlockShape shape = shape_for(first);
  const size_t bytes = shape.bytes();
  if (!segment_ || segment_end_ + bytes > segment_->bytes()) {
    {
      const std::lock_guard lock(log_.mutex);
      wanted_bytes_ = bytes;
    }
    if (!open_segment(bytes, force)) return false;
  }
  open_ = new Block(*segment_, segment_end_, shape, appended());
  const std::lock_guard lock(log_.mutex);
  wanted_bytes_ = 0;
  log_.unread.push_back(open_);
  if (log_.is_machine_safe() && (unsynced_.empty() || unsynced_.back() != segment_)) {
    segment_->holders.fetch_add(1, std::memory_order_relaxed);
    unsynced_.push_back(segment_);
  }
  return true;
}

void Intake::close_block() {
  if (const uint32_t rows = open_->published()) {
    topic_bytes_ = static_cast<double>(open_->topic_offsets()[rows]) / rows;
    payload_bytes_ = static_cast<double>(open_->payload_offsets()[rows]) / rows;
    attribute_bytes_ = static_cast<double>(open_->attribute_bytes(rows)) / rows;
  }
  segment_end_ = open_->seal();
  open_ = nullptr;
  log_.pump.notify();
}

void Intake::close_segment() {
  if (!segment_) return;
  log_.store->close(*segment_, appended());
  bool is_synced = false;
  {
    const std::lock_guard lock(log_.mutex);
    log_.growing = nullptr;
    // Else the next sync releases it.
    is_synced = synced_ == appended() && std::erase(unsynced_, segment_) > 0;
  }
  if (is_synced) log_.release(segment_);
  log_.release(segment_);
  segment_ = nullptr;
}

size_t Intake::append(std::span<const penstock_source_message> messages, bool force,
                      uint64_t* position) {
  uint64_t after = log_.appended.load(std::memory_order_relaxed);
  if (messages.empty()) {
    if (position) *position = after;
    return 0;
  }
  // What has been promised to the outside is taken all the same.
  if (!force && (log_.lost_folder.load(std::memory_order_relaxed) ||
                 paused_.load(std::memory_order_relaxed))) {
    if (position) *position = after;
    return 0;
  }
  assign_kept();
  size_t taken = 0, counted = 0;
  for (const penstock_source_message& message : messages) {
    if (!open_ || !open_->fits(message)) {
      // The reader may pass on to the next block only when this one's rows are counted.
      add_appended(after, taken - counted);
      counted = taken;
      if (!open_block(message, force) && !(waits_for_nothing() && open_block(message, force)))
        break;
    }
    open_->append(message);
    ++after;
    ++taken;
  }
  add_appended(after, taken - counted);
  if (taken > 0) log_.pump.notify();
  if (const bool refuses = taken < messages.size(); refuses != this->refuses()) refuses_ = refuses;
  if (taken < messages.size() && log_.options.overflow == Overflow::kDropNewest) {
    add(dropped_, messages.size() - taken);
    taken = messages.size();
  }
  // Promised to the outside, and no room until the end.
  if (force) add(dropped_, messages.size() - taken);
  if (position) *position = after;
  return taken;
}

// What is to be dropped when there is no room is not when all that holds some is about to be
// released.
bool Intake::waits_for_nothing() const {
  if (log_.options.overflow != Overflow::kDropNewest) return false;
  for (int naps = 0; drained() && log_.store->held_bytes() > 0 && naps < kMostNaps; ++naps) {
    std::this_thread::sleep_for(kNap);
  }
  return log_.store->held_bytes() == 0;
}

void Intake::add_appended(uint64_t position, size_t count) {
  if (count == 0) return;
  if (log_.folder) log_.folder->checkpoint().appended.set(position);
  add(log_.received, count);
  log_.appended.store(position, std::memory_order_release);
  if (log_.is_machine_safe()) sync_due_.notify_one();  // who makes it available
  else log_.offered.fetch_add(count, std::memory_order_release);
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

bool Intake::find_space() {
  if (log_.lost_folder || paused_) return false;
  size_t wanted = 0, growing = 0;
  {
    const std::lock_guard lock(log_.mutex);
    wanted = wanted_bytes_;
    if (log_.growing) growing = log_.growing->bytes();
  }
  // A promised message may have got a segment beyond the limit, which the next message closes.
  const bool is_releasable = growing > 0 && drained() && log_.store->held_bytes() == growing;
  const bool found = is_releasable || log_.store->prepare(wanted);
  report_trouble();
  return found;
}

bool Intake::wait_for_space(std::chrono::nanoseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (!closing_) {
    if (find_space()) {
      refuses_ = false;
      return true;
    }
    const auto now = std::chrono::steady_clock::now();
    if (now >= deadline) {
      refuses_ = !paused_;
      return false;
    }
    std::unique_lock lock(log_.mutex);
    // Whoever makes room says so; a disk's room may come from elsewhere.
    log_.space.wait_for(lock, std::min<std::chrono::nanoseconds>(deadline - now, kDiskRetry));
  }
  return false;
}

void Intake::report_trouble() {
  if (!log_.folder || log_.lost_folder) return;
  const std::string what = log_.store->trouble();
  {
    const std::lock_guard lock(log_.mutex);
    if (in_trouble_ == !what.empty()) return;
    in_trouble_ = !what.empty();
  }
  log_.trouble(what);
}

void Intake::pause(bool pause) {
  {
    const std::lock_guard lock(log_.mutex);
    paused_ = pause;
  }
  log_.space.notify_all();
}

void Intake::close() {
  {
    const std::lock_guard lock(log_.mutex);
    closing_ = true;
  }
  log_.space.notify_all();
  sync_due_.notify_all();
}

// ---- The pump ----

void Intake::release_read_block() {
  if (!has_read_block()) return;
  {
    const std::lock_guard lock(log_.mutex);
    log_.unread.pop_front();
  }
  log_.release(reading_);
  reading_ = nullptr;
}

SliceRows Intake::next_rows(uint32_t max_rows) {
  if (!log_.found.empty()) {
    SliceRows rows = log_.found.front();
    rows.last_of_block &= rows.rows <= max_rows;
    rows.rows = std::min(rows.rows, max_rows);
    return rows;
  }
  while (true) {
    if (!reading_) {
      const std::lock_guard lock(log_.mutex);
      reading_ = log_.unread.front();
      next_row_ = 0;
    }
    if (!has_read_block()) break;
    release_read_block();
  }
  // Not all that is published: what is not yet counted or synced comes later.
  const uint64_t offered = std::min<uint64_t>(max_rows, available());
  const auto end =
      static_cast<uint32_t>(std::min<uint64_t>(next_row_ + offered, reading_->published()));
  // A slice ends where the next is already known to begin (sync_once).
  uint32_t row = next_row_ + 1;
  while (row < end && reading_->state(row) == SliceState::kNone) ++row;
  const SliceRows rows{reading_, next_row_, row - next_row_, false};
  // Where it begins and ends, so that after a restart it is cut as it was: what a ledger knows of
  // it holds for the same messages. The end first, or a death in between would make it longer.
  if (row < kBlockRows) reading_->set_state(row, SliceState::kBegins);
  std::atomic_signal_fence(std::memory_order_seq_cst);
  reading_->set_state(next_row_, SliceState::kBegins);
  next_row_ = row;
  return rows;
}

// Under the mutex.
void Intake::pass_found(uint32_t rows) {
  SliceRows& next = log_.found.front();
  next.row += rows;
  next.rows -= rows;
  if (next.rows > 0) next.block->set_state(next.row, SliceState::kBegins);
  else log_.found.pop_front();
}

Slice Intake::take(uint32_t max_rows) {
  Range* again = ranges_.take_again();
  return again ? dispatch(again) : dispatch(next_rows(max_rows));
}

Slice Intake::dispatch(const SliceRows& rows) {
  Block* block = rows.block;
  Slice slice = slice_of(log_, *block, rows.row, rows.rows, extra_columns_);
  block->holders.fetch_add(1, std::memory_order_relaxed);  // the range
  {
    const std::lock_guard lock(log_.mutex);
    slice.range = ranges_.begin({block->first() + rows.row, rows.rows, block, false});
    log_.dispatched.fetch_add(rows.rows, std::memory_order_relaxed);
    // At once, so that `done` sees it as the one or the other.
    if (!log_.found.empty()) pass_found(rows.rows);
  }
  if (rows.last_of_block) log_.release(block);  // a found block has no open end that would keep it
  return slice;
}

// It holds its block since it was first dispatched.
Slice Intake::dispatch(Range* range) {
  log_.dispatched.fetch_add(range->rows, std::memory_order_relaxed);
  const auto row = static_cast<uint32_t>(range->first - range->block->first());
  Slice slice = slice_of(log_, *range->block, row, range->rows, extra_columns_);
  slice.range = range;
  return slice;
}

uint64_t Intake::transfer_to(Intake& to) {
  ranges_.abandon();
  ranges_.dispatch_again();
  uint64_t messages = 0;
  while (available() > 0) {
    Slice slice = take(kBlockRows);
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
      messages += to.append({&message, 1}, true, nullptr);
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
  return log_.is_machine_safe() ? durable_watermark_.load() : ranges_.watermark();
}

uint64_t Intake::safe_position() const {
  if (!is_disk()) return ranges_.watermark();
  if (log_.lost_folder) return std::max(safe_at_loss_.load(), ranges_.watermark());
  return log_.is_machine_safe() ? synced_.load() : appended();
}

// ---- durability = "machine" ----

void Intake::run_sync() {
  bool well = true;
  while (!end_sync_) {
    {
      std::unique_lock lock(sync_mutex_);
      // The notifier holds no lock, so a word of it may be missed: not for long.
      sync_due_.wait_for(lock, kSyncIdle, [&] { return end_sync_ || synced_ != appended(); });
    }
    if (synced_ == appended() && durable_watermark_ == ranges_.watermark()) continue;
    std::this_thread::sleep_for(log_.options.sync_interval);  // for a group to gather
    std::string error;
    const bool failed = !sync_once(error);
    if (failed == well) log_.trouble(error);
    well = !failed;
  }
}

bool Intake::sync_once(std::string& error) {
  const uint64_t target = appended();
  const uint64_t watermark = ranges_.watermark();
  std::vector<Segment*> segments;
  {
    const std::lock_guard lock(log_.mutex);
    segments.swap(unsynced_);
    if (!segments.empty() && segments.back() == log_.growing) {
      segments.back()->holders.fetch_add(1, std::memory_order_relaxed);
      unsynced_.push_back(segments.back());
    }
    // What is dispatched before the next sync ends here; after a restart it must end there again.
    for (auto block = log_.unread.rbegin(); block != log_.unread.rend(); ++block) {
      if ((*block)->first() > target) continue;
      const uint64_t row = target - (*block)->first();
      if (row < kBlockRows) (*block)->set_state(static_cast<uint32_t>(row), SliceState::kBegins);
      break;
    }
  }
  bool well = true;
  for (Segment* segment : segments) well = segment->sync(error) && well;
  if (well) log_.folder->checkpoint().synced.set(target);
  well = log_.folder->sync(error) && well;
  if (!well) {
    // What can't be synced is neither dispatched nor acknowledged; it is tried again.
    const std::lock_guard lock(log_.mutex);
    unsynced_.insert(unsynced_.begin(), segments.begin(), segments.end());
    return false;
  }
  for (Segment* segment : segments) log_.release(segment);
  const uint64_t before = synced_.exchange(target);
  durable_watermark_ = watermark;
  log_.offered.fetch_add(target - before, std::memory_order_release);
  log_.pump.notify();
  return true;
}

}  // namespace penstock::engine
