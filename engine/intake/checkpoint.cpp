#include "intake/checkpoint.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>
#include <penstock/file_error.hpp>
#include <penstock/own_file.hpp>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>

#include "config/engine_options.hpp"

namespace penstock::engine {
namespace {

static_assert(kMostEntries >= static_cast<size_t>(kMostSegments));
constexpr size_t kCheckpointBytes = kFirstEntry + kMostEntries * sizeof(SegmentEntry);

template <class T>
T random() {
  T value;
  if (getrandom(&value, sizeof(value), 0) != static_cast<ssize_t>(sizeof(value))) {
    throw std::runtime_error(std::string("getrandom failed: ") + std::strerror(errno));
  }
  return value;
}

// Of this start of the machine; zeros where the system doesn't say.
Id boot_id() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string text;
  file >> text;
  std::erase(text, '-');
  Id id = {};
  for (size_t i = 0; i < id.size() && 2 * i + 1 < text.size(); ++i) {
    id[i] = static_cast<uint8_t>(std::stoul(text.substr(2 * i, 2), nullptr, 16));
  }
  return id;
}

// A name in a header's field.
template <size_t N>
void set_name(char (&field)[N], const std::string& name) {
  std::memset(field, 0, N);
  std::memcpy(field, name.data(), std::min(name.size(), N - 1));
}

ProvenWord unreported_word(uint64_t messages, bool marking) {
  constexpr uint64_t kMost = UINT32_MAX / 2;
  return ProvenWord::of(static_cast<uint32_t>(2 * std::min(messages, kMost) + (marking ? 1 : 0)));
}

uint64_t unreported_in(const CheckpointPage& page) {
  return page.unreported.holds() ? page.unreported.number() / 2 : 0;
}

// What proves itself in a page that is damaged elsewhere.
void keep_what_holds(const CheckpointPage& damaged, CheckpointPage& to) {
  const auto keep = [](const auto& from, auto& into) {
    if (from.holds()) into = from;
  };
  keep(damaged.watermark, to.watermark);
  keep(damaged.appended, to.appended);
  keep(damaged.runs, to.runs);
  keep(damaged.unreported, to.unreported);
  keep(damaged.synced, to.synced);
  std::copy(std::begin(damaged.noted_runs), std::end(damaged.noted_runs), to.noted_runs);
  std::copy(std::begin(damaged.gaps), std::end(damaged.gaps), to.gaps);
}

}  // namespace

std::string id_text(const Id& id) {
  std::string text;
  for (const uint8_t byte : id) text += fmt::format("{:02x}", byte);
  return text;
}

Result<void> Checkpoint::map(const std::string& path) {
  std::string refused;
  fd_ = open_own_file(path, O_RDWR | O_CREAT, 0600, refused);
  if (fd_ < 0) {
    if (!refused.empty()) return fail(std::move(refused));
    return fail(file_error("cannot open", path, errno, FileUse::kWrite));
  }
  if (const int code = posix_fallocate(fd_, 0, kCheckpointBytes)) {
    return fail(file_error("cannot allocate", path, code, FileUse::kWrite));
  }
  void* memory = mmap(nullptr, kCheckpointBytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd_, 0);
  if (memory == MAP_FAILED) {
    return fail(file_error("cannot map", path, errno, FileUse::kWrite));
  }
  page_ = static_cast<CheckpointPage*>(memory);
  return {};
}

void Checkpoint::close() {
  if (page_) munmap(page_, kCheckpointBytes);
  if (fd_ >= 0) ::close(fd_);
  page_ = nullptr;
  fd_ = -1;
}

Result<void> Checkpoint::open(const std::string& folder, const IntakeOwner& owner,
                              const std::function<SegmentLife()>& newest_life) {
  if (auto mapped = map(folder + "/checkpoint"); !mapped) return mapped;
  CheckpointPage named = {};
  set_name(named.pipeline, owner.pipeline);
  set_name(named.source, owner.source);
  if (is_intact(*page_)) {
    if (page_->version == 0 || page_->version > kFormatVersion) {
      return fail(
          fmt::format("{} has format version {}, this engine reads up to {}; use the version of "
                      "Penstock that wrote it, or let that one empty it first",
                      folder, page_->version, kFormatVersion));
    }
    if (std::strcmp(page_->pipeline, named.pipeline) != 0 ||
        std::strcmp(page_->source, named.source) != 0) {
      return fail(
          fmt::format("{} is the intake of source \"{}\" of pipeline \"{}\"; give this source "
                      "another buffer.path",
                      folder, page_->source, page_->pipeline));
    }
    machine_restarted_ = page_->boot != boot_id();
    draw_run();
    return {};
  }
  // None yet, or a damaged one: the folder's positions continue where nothing can have been.
  machine_restarted_ = true;
  named.magic = CheckpointPage::kMagic;
  named.version = kFormatVersion;
  const bool is_a_page = page_->magic == CheckpointPage::kMagic;
  const SegmentLife newest = newest_life();
  named.intake = newest.version > 0 ? newest.intake : random<Id>();
  const uint64_t newest_run = newest.version == kFormatVersion ? run_number(newest.intake) : 0;
  named.watermark = named.appended = ProvenNumber::of(0);
  named.runs = ProvenNumber::of(newest_run);
  if (is_a_page) keep_what_holds(*page_, named);
  named.crc = crc_of(named);
  *page_ = named;
  draw_run();
  return {};
}

// Not before: a start that breaks off in its recovery leaves the next one to find what it found.
void Checkpoint::end_recovery() {
  const Id boot = boot_id();
  if (page_->version != kFormatVersion || page_->boot != boot) {
    page_->version = kFormatVersion;  // what is appended from now on
    page_->boot = boot;
    page_->crc = crc_of(*page_);
  }
  std::atomic_signal_fence(std::memory_order_seq_cst);
  page_->unreported = unreported_word(unreported_in(*page_), false);
}

void Checkpoint::draw_run() {
  const uint64_t runs = page_->runs.holds() ? page_->runs.number + 1 : 1;
  run_ = run_id(page_->intake, static_cast<uint32_t>(runs), random<uint32_t>());
}

// A run without messages leaves the next one its place.
void Checkpoint::note_run(uint64_t first) {
  const uint64_t run = run_number(run_);
  uint32_t drawn = 0;
  for (size_t i = kFolderBytes + 4; i < run_.size(); ++i) drawn = drawn << 8 | run_[i];
  page_->noted_runs[run % kRunsKept] = {drawn, 0, first};
  std::atomic_signal_fence(std::memory_order_seq_cst);
  page_->runs = ProvenNumber::of(run);
  run_is_noted_ = true;
}

std::vector<Checkpoint::PastRun> Checkpoint::earlier_runs(uint64_t next_position) const {
  std::vector<PastRun> runs;
  const uint64_t now = run_number(run_);
  uint64_t end = next_position;
  for (uint64_t run = now - 1; run >= 1 && run + kRunsKept > now; --run) {
    const NotedRun& noted = page_->noted_runs[run % kRunsKept];
    if (noted.random == 0) continue;
    runs.push_back({run_id(page_->intake, static_cast<uint32_t>(run), noted.random), end});
    end = noted.first;
  }
  runs.push_back({page_->intake, end});  // as format 1 had it
  return runs;
}

bool Checkpoint::is_of_folder(const Id& run) const {
  return std::equal(run.begin(), run.begin() + kFolderBytes, page_->intake.begin());
}

SegmentHeader Checkpoint::header_of(uint64_t number, uint64_t first) {
  if (!run_is_noted_) note_run(first);
  SegmentHeader header = {};
  header.number = number;
  header.first = first;
  header.key = random<uint64_t>();
  header.intake = run_;
  std::memcpy(header.pipeline, page_->pipeline, sizeof(header.pipeline));
  std::memcpy(header.source, page_->source, sizeof(header.source));
  return header;
}

// What a start that broke off was marking is partly found once more.
uint64_t Checkpoint::damage_with(const CheckpointPage& checkpoint, uint64_t found) {
  const uint64_t unreported = unreported_in(checkpoint);
  const bool was_marking = checkpoint.unreported.holds() && checkpoint.unreported.number() % 2 == 1;
  return was_marking ? std::max(unreported, found) : unreported + found;
}

uint64_t Checkpoint::count_damage(uint64_t found) {
  const uint64_t damaged = damage_with(*page_, found);
  if (found == 0) return damaged;
  page_->unreported = unreported_word(damaged, true);
  return damaged;
}

void Checkpoint::damage_reported() { page_->unreported = unreported_word(0, false); }

std::vector<Gap> Checkpoint::known_gaps() const {
  std::vector<Gap> gaps(std::begin(page_->gaps), std::end(page_->gaps));
  std::erase_if(gaps, [](const Gap& gap) { return !gap.holds(); });
  return gaps;
}

// Further ones are counted again at the next start.
void Checkpoint::keep_gaps(const std::vector<Gap>& gaps) {
  for (size_t i = 0; i < kGapsKept; ++i) page_->gaps[i] = i < gaps.size() ? gaps[i] : Gap{};
}

std::unique_ptr<CheckpointPage> Checkpoint::read(const std::string& folder) {
  auto page = std::make_unique<CheckpointPage>();
  std::ifstream file(folder + "/checkpoint", std::ios::binary);
  if (!file.read(reinterpret_cast<char*>(page.get()), sizeof(*page)) || !is_intact(*page)) {
    return nullptr;
  }
  return page;
}

std::vector<SegmentEntry> Checkpoint::read_entries(const std::string& folder) {
  std::vector<SegmentEntry> entries;
  std::ifstream file(folder + "/checkpoint", std::ios::binary);
  file.seekg(kFirstEntry);
  SegmentEntry entry;
  while (file.read(reinterpret_cast<char*>(&entry), sizeof(entry))) {
    if (is_intact(entry)) entries.push_back(entry);
  }
  return entries;
}

std::span<SegmentEntry> Checkpoint::table() const {
  char* page = reinterpret_cast<char*>(page_);
  return {reinterpret_cast<SegmentEntry*>(page + kFirstEntry), kMostEntries};
}

const SegmentEntry* Checkpoint::entry_of(uint64_t file_number) const {
  for (const SegmentEntry& entry : table()) {
    if (is_intact(entry) && entry.file == file_number) return &entry;
  }
  return nullptr;
}

std::vector<SegmentEntry> Checkpoint::entries() const {
  std::vector<SegmentEntry> entries;
  for (const SegmentEntry& entry : table()) {
    if (is_intact(entry)) entries.push_back(entry);
  }
  return entries;
}

void Checkpoint::enter(const Segment& segment) {
  forget(segment.file_number());
  const SegmentLife& life = segment.life();
  SegmentEntry entry = {
      SegmentEntry::kMagic, segment.file_number(), life.number, life.first,         life.key,
      life.intake,          life.version,          0,           ProvenNumber::of(0)};
  entry.crc = crc_of(entry);
  const auto table = this->table();
  const auto place = std::find_if(table.begin(), table.end(),
                                  [](const SegmentEntry& each) { return !is_intact(each); });
  if (place != table.end()) *place = entry;
}

void Checkpoint::enter_end(const Segment& segment, uint64_t end) {
  for (SegmentEntry& entry : table()) {
    if (is_intact(entry) && entry.file == segment.file_number()) entry.end = ProvenNumber::of(end);
  }
}

void Checkpoint::forget(uint64_t file_number) {
  for (SegmentEntry& entry : table()) {
    if (entry.magic == SegmentEntry::kMagic && entry.file == file_number) entry.magic = 0;
  }
}

}  // namespace penstock::engine
