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

void set(ProvenNumber& number, uint64_t value) {
  // A process that dies between the two leaves a number that doesn't hold.
  std::atomic_ref(number.number).store(value, std::memory_order_relaxed);
  std::atomic_ref(number.inverse).store(~value, std::memory_order_relaxed);
}

}  // namespace

Intake::Intake(const BufferOptions& options, Wakeup& pump, uint32_t extra_columns)
    : options_(options), extra_columns_(extra_columns), pump_(pump) {}

Intake::~Intake() {
  end_sync_ = true;
  close();
  if (sync_thread_.joinable()) sync_thread_.join();
  // Nothing has to be looked for in what is sealed.
  if (open_) open_->seal();
  if (segment_) store_->close(*segment_, appended());
  // What isn't done stays in its segment for the next process.
  std::set<Block*> blocks(unread_.begin(), unread_.end());
  for (const SliceRows& slice : found_) blocks.insert(slice.block);
  for (const Range& range : ranges_) {
    if (!range.done) blocks.insert(range.block);
  }
  for (Block* block : blocks) delete block;
}

bool Intake::open(const IntakeOwner& owner, std::function<void(const std::string&)> trouble,
                  Found& found, std::string& error) {
  trouble_ = std::move(trouble);
  const auto max_bytes = static_cast<size_t>(options_.max_bytes.count);
  constexpr size_t kPage = 4096;
  const size_t segment_bytes = static_cast<size_t>(options_.segment_bytes.count) / kPage * kPage;
  if (is_disk()) {
    folder_ = Folder::open(options_.path, owner, error);
    if (!folder_) return false;
    id_ = id_text(folder_->id());
    run_ = id_text(folder_->run());
  }
  store_ = std::make_unique<SegmentStore>(segment_bytes, max_bytes, folder_.get());
  if (!is_disk()) return true;

  Recovery recovery;
  if (!recover(*folder_, recovery, error)) return false;
  for (auto& segment : recovery.in_use) store_->adopt(std::move(segment), true);
  for (auto& segment : recovery.free) store_->adopt(std::move(segment), false);
  found_ = std::move(recovery.slices);
  found = {recovery.messages, recovery.damaged, std::move(recovery.problems)};
  damaged_ = recovery.damaged;
  received_ = recovery.messages;
  offered_ = recovery.messages;
  appended_ = synced_ = found_end_ = recovery.next_position;
  for (const auto& [run, end] : folder_->earlier_runs(appended_)) {
    earlier_runs_.push_back({id_text(run), end});
  }
  watermark_ = durable_watermark_ = next_position();
  set(folder_->checkpoint().appended, appended_);
  set(folder_->checkpoint().watermark, watermark_);
  set(folder_->checkpoint().synced, is_machine_safe() ? appended_.load() : 0);
  folder_->end_recovery();
  if (!folder_->sync(error)) return false;
  if (is_machine_safe()) sync_thread_ = std::thread([this] { run_sync(); });
  return true;
}

void Intake::damage_reported() {
  if (folder_ && damaged_ > 0) folder_->damage_reported();
}

// ---- The source ----

// It fits to the messages when the last process that appended any had it, too, and when neither has
// lost anything since.
Intake::Kept Intake::keep(const std::string& name, size_t bytes, std::string& error) {
  if (!folder_) return {};
  KeptHere& kept = kept_[name];
  const bool is_open = kept.file && kept.file->bytes() == bytes;
  if (!is_open) kept.file = KeptFile::open(folder_->path(), name, bytes, error);
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
  if (file.run() == folder_->run()) return true;  // for an instance before
  const bool none_since = run_number(file.run()) == run_number(folder_->run());
  const bool is_newest = none_since || id_text(file.run()) == earlier_runs_.front().id;
  return is_newest && damaged_ == 0 && !folder_->machine_restarted();
}

// Before the first message is there: a kill in between would leave a file without it.
void Intake::assign_kept() {
  if (kept_is_assigned_) return;
  for (auto& [name, kept] : kept_) {
    if (!kept.file) continue;
    // What an instance before asked for, and this one doesn't, knows nothing of what comes.
    kept.file->assign_to(kept.is_asked_for ? folder_->run() : Id{});
    kept.is_asked_for = false;
  }
  kept_is_assigned_ = true;
}

bool Intake::open_segment(size_t bytes, bool force) {
  close_segment();
  Segment* segment = store_->reserve(bytes, force, appended());
  // A forced append has been promised to the outside: it waits for a full disk.
  while (!segment && force && !closing_) {
    report_trouble();
    std::unique_lock lock(mutex_);
    space_.wait_for(lock, kDiskRetry, [&] { return closing_.load(); });
    lock.unlock();
    segment = store_->reserve(bytes, force, appended());
  }
  report_trouble();
  if (!segment) return false;
  segment->holders.fetch_add(1, std::memory_order_relaxed);
  segment_ = segment;
  segment_end_ = kFirstBlock;
  const std::lock_guard lock(mutex_);
  growing_ = segment;
  return true;
}

// What a thousand messages like those before need, and this one surely; of large ones a block holds
// fewer.
BlockShape Intake::shape_for(const penstock_source_message& first) const {
  constexpr double kMargin = 1.3;
  constexpr size_t kMoreTopics = 1024;
  const auto estimate = [&](double average, size_t one) {
    const auto many = static_cast<size_t>(average * kBlockRows * kMargin);
    return std::max(std::min(many, store_->segment_bytes() / 4), one);
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
      const std::lock_guard lock(mutex_);
      wanted_bytes_ = bytes;
    }
    if (!open_segment(bytes, force)) return false;
  }
  open_ = new Block(*segment_, segment_end_, shape, appended());
  const std::lock_guard lock(mutex_);
  wanted_bytes_ = 0;
  unread_.push_back(open_);
  if (is_machine_safe() && (unsynced_.empty() || unsynced_.back() != segment_)) {
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
  pump_.notify();
}

void Intake::close_segment() {
  if (!segment_) return;
  store_->close(*segment_, appended());
  bool is_synced = false;
  {
    const std::lock_guard lock(mutex_);
    growing_ = nullptr;
    // Else the next sync releases it.
    is_synced = synced_ == appended() && std::erase(unsynced_, segment_) > 0;
  }
  if (is_synced) release(segment_);
  release(segment_);
  segment_ = nullptr;
}

size_t Intake::append(std::span<const penstock_source_message> messages, bool force,
                      uint64_t* position) {
  uint64_t after = appended_.load(std::memory_order_relaxed);
  if (messages.empty()) {
    if (position) *position = after;
    return 0;
  }
  // What has been promised to the outside is taken all the same.
  if (!force &&
      (lost_folder_.load(std::memory_order_relaxed) || paused_.load(std::memory_order_relaxed))) {
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
  if (taken > 0) pump_.notify();
  if (const bool refuses = taken < messages.size(); refuses != this->refuses()) refuses_ = refuses;
  if (taken < messages.size() && options_.overflow == Overflow::kDropNewest) {
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
  if (options_.overflow != Overflow::kDropNewest) return false;
  for (int naps = 0; drained() && store_->held_bytes() > 0 && naps < kMostNaps; ++naps) {
    std::this_thread::sleep_for(kNap);
  }
  return store_->held_bytes() == 0;
}

void Intake::add_appended(uint64_t position, size_t count) {
  if (count == 0) return;
  if (folder_) set(folder_->checkpoint().appended, position);
  add(received_, count);
  appended_.store(position, std::memory_order_release);
  if (is_machine_safe()) sync_due_.notify_one();  // who makes it available
  else offered_.fetch_add(count, std::memory_order_release);
}

bool Intake::has_lost_folder() {
  if (!folder_ || lost_folder_) return lost_folder_;
  if (!folder_->is_lost() && !store_->misses_file()) return false;
  store_->forget_files();
  safe_at_loss_ = safe_position();
  lost_folder_ = true;
  trouble_(fmt::format(
      "intake {}: files were deleted or replaced while in use; the intake accepts nothing more. "
      "Penstock exits once what it holds is written, and creates a new intake at the next start",
      folder_->path()));
  return true;
}

bool Intake::outlives_process() const { return folder_ && !lost_folder_ && !folder_->is_lost(); }

bool Intake::find_space() {
  if (lost_folder_ || paused_) return false;
  size_t wanted = 0, growing = 0;
  {
    const std::lock_guard lock(mutex_);
    wanted = wanted_bytes_;
    if (growing_) growing = growing_->bytes();
  }
  // A promised message may have got a segment beyond the limit, which the next message closes.
  const bool is_releasable = growing > 0 && drained() && store_->held_bytes() == growing;
  const bool found = is_releasable || store_->prepare(wanted);
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
    std::unique_lock lock(mutex_);
    // Whoever makes room says so; a disk's room may come from elsewhere.
    space_.wait_for(lock, std::min<std::chrono::nanoseconds>(deadline - now, kDiskRetry));
  }
  return false;
}

void Intake::report_trouble() {
  if (!folder_ || lost_folder_) return;
  const std::string what = store_->trouble();
  {
    const std::lock_guard lock(mutex_);
    if (in_trouble_ == !what.empty()) return;
    in_trouble_ = !what.empty();
  }
  trouble_(what);
}

void Intake::pause(bool pause) {
  {
    const std::lock_guard lock(mutex_);
    paused_ = pause;
  }
  space_.notify_all();
}

void Intake::close() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  space_.notify_all();
  sync_due_.notify_all();
}

// ---- The pump ----

// The arrays of a slice, in one allocation. Released from any thread.
struct Intake::HeldSlice {
  static constexpr size_t kMostColumns = 5;
  using Bits = std::array<uint8_t, (kBlockRows + 7) / 8>;

  Intake* intake;
  Block* block;
  const uint32_t first, rows;
  int64_t count = 0;  // of columns
  std::array<ArrowArray, kMostColumns> columns = {};
  std::array<ArrowArray*, kMostColumns> children = {};
  std::array<std::array<const void*, 3>, kMostColumns> buffers = {};
  const void* validity = nullptr;
  Bits retained, with_attributes;  // of the extra columns

  HeldSlice(Intake* owner, Block* from, uint32_t row, uint32_t row_count)
      : intake(owner), block(from), first(row), rows(row_count) {
    add_text(from->topic_offsets() + row, from->topics());
    add_text(from->payload_offsets() + row, from->payloads());
    add(2, {nullptr, from->received() + row});
  }

  void add_retained() {
    set_bits(retained, [&](uint32_t row) { return (block->flags(row) & kMessageRetained) != 0; });
    add(2, {nullptr, retained.data()});
  }
  void add_attributes() {
    static constexpr std::array<int32_t, kBlockRows + 1> kNone = {};
    const int32_t* offsets = block->attribute_offsets();
    ArrowArray& column = add_text(offsets ? offsets + first : kNone.data(), block->attributes());
    column.null_count = rows - set_bits(with_attributes, [&](uint32_t row) {
                          return !block->attributes(row).empty();
                        });
    if (column.null_count > 0) buffers[static_cast<size_t>(count - 1)][0] = with_attributes.data();
  }

  static void release_column(ArrowArray* column) { column->release = nullptr; }
  static void release(ArrowArray* rows) {
    const std::unique_ptr<HeldSlice> held(static_cast<HeldSlice*>(rows->private_data));
    held->intake->release(held->block);
    rows->release = nullptr;
  }

  ArrowArray& add(int64_t buffer_count, const std::array<const void*, 3>& of_column) {
    const auto at = static_cast<size_t>(count++);
    buffers[at] = of_column;
    ArrowArray& column = columns[at];
    column.length = rows;
    column.n_buffers = buffer_count;
    column.buffers = buffers[at].data();
    column.release = release_column;
    children[at] = &column;
    return column;
  }
  ArrowArray& add_text(const int32_t* offsets, const char* bytes) {
    return add(3, {nullptr, offsets, bytes});
  }
  // How many are set.
  template <class IsSet>
  int64_t set_bits(Bits& bits, IsSet&& is_set) {
    bits.fill(0);
    int64_t set = 0;
    for (uint32_t row = 0; row < rows; ++row) {
      if (!is_set(first + row)) continue;
      bits[row / 8] |= static_cast<uint8_t>(1u << (row % 8));
      ++set;
    }
    return set;
  }
};

void Intake::release_read_block() {
  if (!has_read_block()) return;
  {
    const std::lock_guard lock(mutex_);
    unread_.pop_front();
  }
  release(reading_);
  reading_ = nullptr;
}

SliceRows Intake::next_rows(uint32_t max_rows) {
  if (!found_.empty()) {
    SliceRows rows = found_.front();
    rows.last_of_block &= rows.rows <= max_rows;
    rows.rows = std::min(rows.rows, max_rows);
    return rows;
  }
  while (true) {
    if (!reading_) {
      const std::lock_guard lock(mutex_);
      reading_ = unread_.front();
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
  SliceRows& next = found_.front();
  next.row += rows;
  next.rows -= rows;
  if (next.rows > 0) next.block->set_state(next.row, SliceState::kBegins);
  else found_.pop_front();
}

Intake::Slice Intake::take(uint32_t max_rows) {
  Range* again = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (!again_.empty()) {
      again = again_.front();
      again_.pop_front();
    }
  }
  return again ? dispatch(again) : dispatch(next_rows(max_rows));
}

namespace {

// Attributes weigh as much as a message of many points has of them, for each has a copy.
constexpr int64_t kAttributeWeight = 64;

int64_t bytes_of(const Block& block, uint32_t row, uint32_t rows) {
  auto bytes = kAttributeWeight *
               static_cast<int64_t>(block.attribute_bytes(row + rows) - block.attribute_bytes(row));
  for (const int32_t* offsets : {block.topic_offsets(), block.payload_offsets()}) {
    bytes += offsets[row + rows] - offsets[row];
  }
  return bytes;
}

}  // namespace

// They hold the block.
ArrowArray Intake::messages_of(Block* block, uint32_t row, uint32_t rows) {
  auto held = std::make_unique<HeldSlice>(this, block, row, rows);
  if (extra_columns_ & PENSTOCK_COLUMN_RETAINED) held->add_retained();
  if (extra_columns_ & PENSTOCK_COLUMN_ATTRIBUTES) held->add_attributes();

  ArrowArray messages = {};
  messages.length = rows;
  messages.n_buffers = 1;
  messages.buffers = &held->validity;
  messages.n_children = held->count;
  messages.children = held->children.data();
  messages.release = HeldSlice::release;
  messages.private_data = held.release();
  block->holders.fetch_add(1, std::memory_order_relaxed);
  return messages;
}

Intake::Slice Intake::dispatch(const SliceRows& rows) {
  Block* block = rows.block;
  Slice slice = {messages_of(block, rows.row, rows.rows), nullptr,
                 bytes_of(*block, rows.row, rows.rows)};
  block->holders.fetch_add(1, std::memory_order_relaxed);  // the range
  {
    const std::lock_guard lock(mutex_);
    slice.range = &ranges_.emplace_back(Range{block->first() + rows.row, rows.rows, block, false});
    dispatched_.fetch_add(rows.rows, std::memory_order_relaxed);
    // At once, so that `done` sees it as the one or the other.
    if (!found_.empty()) pass_found(rows.rows);
  }
  if (rows.last_of_block) release(block);  // a found block has no open end that would keep it
  return slice;
}

// It holds its block since it was first dispatched.
Intake::Slice Intake::dispatch(Range* range) {
  dispatched_.fetch_add(range->rows, std::memory_order_relaxed);
  const auto row = static_cast<uint32_t>(range->first - range->block->first());
  return {messages_of(range->block, row, range->rows), range,
          bytes_of(*range->block, row, range->rows)};
}

uint64_t Intake::dispatch_again() {
  const std::lock_guard lock(mutex_);
  uint64_t rows = 0, waiting = 0;  // waiting: since the last time
  for (const Range* range : again_) waiting += range->rows;
  again_.clear();
  for (Range& range : ranges_) {
    if (range.done) continue;
    again_.push_back(&range);
    rows += range.rows;
  }
  dispatched_.fetch_sub(rows - waiting);
  abandoned_ = false;
  return rows;
}

uint64_t Intake::transfer_to(Intake& to) {
  abandon();
  dispatch_again();
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
    done(slice.range);
  }
  return messages;
}

Intake::Totals Intake::totals() const {
  return {carried_.received + received(), carried_.done + received() - undone(),
          carried_.dropped + dropped(), carried_.damaged + damaged()};
}

// Under the mutex: the position of the message that is dispatched next.
uint64_t Intake::next_position() const {
  if (!found_.empty()) return found_.front().block->first() + found_.front().row;
  const uint64_t waiting = offered_.load(std::memory_order_acquire) - dispatched_.load();
  return (is_machine_safe() ? synced_.load() : appended_.load()) - waiting;
}

void Intake::done(Range* range) {
  if (abandoned_) return;
  Block* block = range->block;
  bool advanced = false;
  {
    const std::lock_guard lock(mutex_);
    if (folder_) {
      block->set_state(static_cast<uint32_t>(range->first - block->first()), SliceState::kDone);
    }
    add(done_rows_, range->rows);
    range->done = true;
    uint64_t end = 0;
    for (; !ranges_.empty() && ranges_.front().done; advanced = true) {
      end = ranges_.front().first + ranges_.front().rows;
      ranges_.pop_front();
    }
    if (advanced) {
      // Between what was found everything is done.
      uint64_t watermark = std::max(end, found_end_);
      if (!ranges_.empty()) watermark = ranges_.front().first;
      else if (!found_.empty()) watermark = next_position();
      watermark_.store(watermark, std::memory_order_release);
      if (folder_) set(folder_->checkpoint().watermark, watermark);
    }
  }
  release(block);
  if (!advanced) return;
  pump_.notify();
  if (drained()) space_.notify_all();  // also a message that is larger than the limit has room now
}

int64_t Intake::oldest_us() const {
  const std::lock_guard lock(mutex_);
  if (!ranges_.empty()) {
    const Range& range = ranges_.front();
    return range.block->received()[range.first - range.block->first()];
  }
  if (!found_.empty()) return found_.front().block->received()[found_.front().row];
  if (undone() == 0 || unread_.empty() || unread_.front()->published() == 0) return 0;
  return unread_.front()->received()[0];
}

double Intake::oldest_age_s() const {
  const int64_t oldest = oldest_us();
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const int64_t age = std::chrono::duration_cast<std::chrono::microseconds>(now).count() - oldest;
  return oldest == 0 ? 0 : std::max(0.0, static_cast<double>(age) / 1e6);
}

void Intake::release(Block* block) {
  if (block->holders.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  Segment& segment = block->segment();
  delete block;
  release(&segment);
}

void Intake::release(Segment* segment) {
  if (segment->holders.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  store_->release(segment);
  const std::lock_guard lock(mutex_);
  space_.notify_all();
}

uint64_t Intake::durable_watermark() const {
  return is_machine_safe() ? durable_watermark_.load() : watermark();
}

uint64_t Intake::safe_position() const {
  if (!is_disk()) return watermark();
  if (lost_folder_) return std::max(safe_at_loss_.load(), watermark());
  return is_machine_safe() ? synced_.load() : appended();
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
    if (synced_ == appended() && durable_watermark_ == watermark()) continue;
    std::this_thread::sleep_for(options_.sync_interval);  // for a group to gather
    std::string error;
    const bool failed = !sync_once(error);
    if (failed == well) trouble_(error);
    well = !failed;
  }
}

bool Intake::sync_once(std::string& error) {
  const uint64_t target = appended();
  const uint64_t watermark = this->watermark();
  std::vector<Segment*> segments;
  {
    const std::lock_guard lock(mutex_);
    segments.swap(unsynced_);
    if (!segments.empty() && segments.back() == growing_) {
      segments.back()->holders.fetch_add(1, std::memory_order_relaxed);
      unsynced_.push_back(segments.back());
    }
    // What is dispatched before the next sync ends here; after a restart it must end there again.
    for (auto block = unread_.rbegin(); block != unread_.rend(); ++block) {
      if ((*block)->first() > target) continue;
      const uint64_t row = target - (*block)->first();
      if (row < kBlockRows) (*block)->set_state(static_cast<uint32_t>(row), SliceState::kBegins);
      break;
    }
  }
  bool well = true;
  for (Segment* segment : segments) well = segment->sync(error) && well;
  if (well) set(folder_->checkpoint().synced, target);
  well = folder_->sync(error) && well;
  if (!well) {
    // What can't be synced is neither dispatched nor acknowledged; it is tried again.
    const std::lock_guard lock(mutex_);
    unsynced_.insert(unsynced_.begin(), segments.begin(), segments.end());
    return false;
  }
  for (Segment* segment : segments) release(segment);
  const uint64_t before = synced_.exchange(target);
  durable_watermark_ = watermark;
  offered_.fetch_add(target - before, std::memory_order_release);
  pump_.notify();
  return true;
}

}  // namespace penstock::engine
