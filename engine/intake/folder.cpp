#include "intake/folder.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>
#include <penstock/file_error.hpp>
#include <penstock/own_file.hpp>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>

#include "config/engine_options.hpp"

namespace penstock::engine {
namespace {

constexpr const char* kSuffix = ".segment";

std::string failure(const char* what, const std::string& path) {
  return file_error(what, path, errno, FileUse::kWrite);
}

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

std::unique_ptr<Folder> Folder::open(const std::string& path, const IntakeOwner& owner,
                                     std::string& error) {
  std::error_code code;
  std::filesystem::create_directories(path, code);
  if (code) {
    error = file_error("cannot create the intake folder", path, code.value(), FileUse::kFill);
    return nullptr;
  }
  if (access(path.c_str(), W_OK | X_OK) != 0) {
    error = file_error("cannot use the intake folder", path, errno, FileUse::kFill);
    return nullptr;
  }
  std::unique_ptr<Folder> folder(new Folder(path));
  folder->folder_fd_ = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder->folder_fd_ < 0) {
    error = failure("cannot open", path);
    return nullptr;
  }
  if (!folder->lock(error) || !folder->open_checkpoint(owner, error)) return nullptr;
  return folder;
}

Folder::~Folder() {
  if (checkpoint_) munmap(checkpoint_, kCheckpointBytes);
  for (const int fd : {checkpoint_fd_, lock_fd_, folder_fd_}) {
    if (fd >= 0) close(fd);
  }
}

bool Folder::lock(std::string& error) {
  const std::string path = path_ + "/lock";
  lock_fd_ = open_own_file(path, O_RDWR | O_CREAT, 0600, error);
  if (lock_fd_ < 0) {
    if (error.empty()) error = failure("cannot open", path);
    return false;
  }
  // Whoever only looks (owner_pid) holds it for a moment.
  const auto is_held = [](int fd) {
    constexpr int kTries = 20;
    for (int tries = 0; flock(fd, LOCK_EX | LOCK_NB) != 0; ++tries) {
      if (errno != EWOULDBLOCK) return false;
      if (tries == kTries) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(25));
    }
    return false;
  };
  // The folder as well, since a file can be deleted; some network file systems lock only files.
  if (is_held(folder_fd_) || is_held(lock_fd_)) {
    const int pid = owner_pid(path_);
    error = fmt::format(
        "{} is in use by {}; end that one, or give this source another "
        "buffer.path",
        path_, pid > 0 ? fmt::format("process {}", pid) : "another process");
    return false;
  }
  if (flock(lock_fd_, LOCK_EX | LOCK_NB) != 0) {
    error = failure("cannot lock", path);
    return false;
  }
  const std::string pid = std::to_string(getpid()) + "\n";
  if (ftruncate(lock_fd_, 0) != 0 || pwrite(lock_fd_, pid.data(), pid.size(), 0) < 0) {
    error = failure("cannot write", path);
    return false;
  }
  return true;
}

bool Folder::is_lost() const {
  const auto is_another = [&](const char* name, int fd) {
    struct stat ours = {};
    return fstat(fd, &ours) == 0 && names_another(path_ + name, ours);
  };
  return is_another("/lock", lock_fd_) || is_another("/checkpoint", checkpoint_fd_);
}

int Folder::owner_pid(const std::string& path) {
  const int fd = ::open((path + "/lock").c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  char text[32] = {};
  const bool held = flock(fd, LOCK_SH | LOCK_NB) != 0;
  const ssize_t size = held ? pread(fd, text, sizeof(text) - 1, 0) : 0;
  close(fd);
  return size > 0 ? std::atoi(text) : 0;
}

bool Folder::open_checkpoint(const IntakeOwner& owner, std::string& error) {
  const std::string path = path_ + "/checkpoint";
  checkpoint_fd_ = open_own_file(path, O_RDWR | O_CREAT, 0600, error);
  if (checkpoint_fd_ < 0) {
    if (error.empty()) error = failure("cannot open", path);
    return false;
  }
  if (const int code = posix_fallocate(checkpoint_fd_, 0, kCheckpointBytes)) {
    error = file_error("cannot allocate", path, code, FileUse::kWrite);
    return false;
  }
  void* memory =
      mmap(nullptr, kCheckpointBytes, PROT_READ | PROT_WRITE, MAP_SHARED, checkpoint_fd_, 0);
  if (memory == MAP_FAILED) {
    error = failure("cannot map", path);
    return false;
  }
  checkpoint_ = static_cast<CheckpointPage*>(memory);
  CheckpointPage named = {};
  set_name(named.pipeline, owner.pipeline);
  set_name(named.source, owner.source);
  if (is_intact(*checkpoint_)) {
    if (checkpoint_->version == 0 || checkpoint_->version > kFormatVersion) {
      error = fmt::format(
          "{} has format version {}, this engine reads up to {}; use the version of "
          "Penstock that wrote it, or let that one empty it first",
          path_, checkpoint_->version, kFormatVersion);
      return false;
    }
    if (std::strcmp(checkpoint_->pipeline, named.pipeline) != 0 ||
        std::strcmp(checkpoint_->source, named.source) != 0) {
      error = fmt::format(
          "{} is the intake of source \"{}\" of pipeline \"{}\"; give this source "
          "another buffer.path",
          path_, checkpoint_->source, checkpoint_->pipeline);
      return false;
    }
    machine_restarted_ = checkpoint_->boot != boot_id();
    draw_run();
    return true;
  }
  // None yet, or a damaged one: the folder's positions continue where nothing can have been.
  machine_restarted_ = true;
  named.magic = CheckpointPage::kMagic;
  named.version = kFormatVersion;
  const bool is_a_page = checkpoint_->magic == CheckpointPage::kMagic;
  const SegmentLife newest = newest_life();
  named.intake = newest.version > 0 ? newest.intake : random<Id>();
  const uint64_t newest_run = newest.version == kFormatVersion ? run_number(newest.intake) : 0;
  named.watermark = named.appended = ProvenNumber::of(0);
  named.runs = ProvenNumber::of(newest_run);
  if (is_a_page) keep_what_holds(*checkpoint_, named);
  named.crc = crc_of(named);
  *checkpoint_ = named;
  draw_run();
  return true;
}

// Not before: a start that breaks off in its recovery leaves the next one to find what it found.
void Folder::end_recovery() {
  const Id boot = boot_id();
  if (checkpoint_->version != kFormatVersion || checkpoint_->boot != boot) {
    checkpoint_->version = kFormatVersion;  // what is appended from now on
    checkpoint_->boot = boot;
    checkpoint_->crc = crc_of(*checkpoint_);
  }
  std::atomic_signal_fence(std::memory_order_seq_cst);
  checkpoint_->unreported = unreported_word(unreported_in(*checkpoint_), false);
}

void Folder::draw_run() {
  const uint64_t runs = checkpoint_->runs.holds() ? checkpoint_->runs.number + 1 : 1;
  run_ = run_id(checkpoint_->intake, static_cast<uint32_t>(runs), random<uint32_t>());
}

// A run without messages leaves the next one its place.
void Folder::note_run(uint64_t first) {
  const uint64_t run = run_number(run_);
  uint32_t drawn = 0;
  for (size_t i = kFolderBytes + 4; i < run_.size(); ++i) drawn = drawn << 8 | run_[i];
  checkpoint_->noted_runs[run % kRunsKept] = {drawn, 0, first};
  std::atomic_signal_fence(std::memory_order_seq_cst);
  checkpoint_->runs = ProvenNumber::of(run);
  run_is_noted_ = true;
}

std::vector<Folder::EarlierRun> Folder::earlier_runs(uint64_t next_position) const {
  std::vector<EarlierRun> runs;
  const uint64_t now = run_number(run_);
  uint64_t end = next_position;
  for (uint64_t run = now - 1; run >= 1 && run + kRunsKept > now; --run) {
    const NotedRun& noted = checkpoint_->noted_runs[run % kRunsKept];
    if (noted.random == 0) continue;
    runs.push_back({run_id(checkpoint_->intake, static_cast<uint32_t>(run), noted.random), end});
    end = noted.first;
  }
  runs.push_back({checkpoint_->intake, end});  // as format 1 had it
  return runs;
}

// What a start that broke off was marking is partly found once more.
uint64_t Folder::damage_with(const CheckpointPage& checkpoint, uint64_t found) {
  const uint64_t unreported = unreported_in(checkpoint);
  const bool was_marking = checkpoint.unreported.holds() && checkpoint.unreported.number() % 2 == 1;
  return was_marking ? std::max(unreported, found) : unreported + found;
}

uint64_t Folder::count_damage(uint64_t found) {
  const uint64_t damaged = damage_with(*checkpoint_, found);
  if (found == 0) return damaged;
  checkpoint_->unreported = unreported_word(damaged, true);
  std::string unused;  // the log opens all the same
  sync(unused);
  return damaged;
}

std::vector<Gap> Folder::known_gaps() const {
  std::vector<Gap> gaps(std::begin(checkpoint_->gaps), std::end(checkpoint_->gaps));
  std::erase_if(gaps, [](const Gap& gap) { return !gap.holds(); });
  return gaps;
}

// Further ones are counted again at the next start.
void Folder::keep_gaps(const std::vector<Gap>& gaps) {
  for (size_t i = 0; i < kGapsKept; ++i) checkpoint_->gaps[i] = i < gaps.size() ? gaps[i] : Gap{};
}

void Folder::damage_reported() { checkpoint_->unreported = unreported_word(0, false); }

bool Folder::is_of_folder(const Id& run) const {
  return std::equal(run.begin(), run.begin() + kFolderBytes, checkpoint_->intake.begin());
}

SegmentLife Folder::newest_life() const {
  const Files files = segments_in(path_, false);
  return files.segments.empty() ? SegmentLife{} : files.segments.back()->life();
}

std::unique_ptr<CheckpointPage> Folder::read_checkpoint(const std::string& path) {
  auto page = std::make_unique<CheckpointPage>();
  std::ifstream file(path + "/checkpoint", std::ios::binary);
  if (!file.read(reinterpret_cast<char*>(page.get()), sizeof(*page)) || !is_intact(*page)) {
    return nullptr;
  }
  return page;
}

std::vector<SegmentEntry> Folder::read_entries(const std::string& path) {
  std::vector<SegmentEntry> entries;
  std::ifstream file(path + "/checkpoint", std::ios::binary);
  file.seekg(kFirstEntry);
  SegmentEntry entry;
  while (file.read(reinterpret_cast<char*>(&entry), sizeof(entry))) {
    if (is_intact(entry)) entries.push_back(entry);
  }
  return entries;
}

Folder::Files Folder::segments_in(const std::string& path, bool writable) {
  Files files;
  std::error_code code;
  for (const auto& entry : std::filesystem::directory_iterator(path, code)) {
    if (entry.path().extension() != kSuffix) continue;
    std::error_code ignored;
    if (entry.is_regular_file(ignored) && entry.file_size(ignored) <= kFirstBlock) {
      files.too_short.push_back(entry.path());
      continue;
    }
    std::string error;
    if (auto segment = Segment::open(entry.path(), writable, error)) {
      files.segments.push_back(std::move(segment));
    } else {
      files.unreadable.push_back(error);
    }
  }
  if (code) {
    files.unreadable.push_back(file_error("cannot read", path, code.value(), FileUse::kRead));
  }
  std::sort(files.segments.begin(), files.segments.end(),
            [](const auto& a, const auto& b) { return a->number() < b->number(); });
  return files;
}

std::span<SegmentEntry> Folder::table() const {
  char* page = reinterpret_cast<char*>(checkpoint_);
  return {reinterpret_cast<SegmentEntry*>(page + kFirstEntry), kMostEntries};
}

const SegmentEntry* Folder::entry_of(uint64_t file_number) const {
  for (const SegmentEntry& entry : table()) {
    if (is_intact(entry) && entry.file == file_number) return &entry;
  }
  return nullptr;
}

std::vector<SegmentEntry> Folder::entries() const {
  std::vector<SegmentEntry> entries;
  for (const SegmentEntry& entry : table()) {
    if (is_intact(entry)) entries.push_back(entry);
  }
  return entries;
}

void Folder::enter(const Segment& segment) {
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

void Folder::enter_end(const Segment& segment, uint64_t end) {
  for (SegmentEntry& entry : table()) {
    if (is_intact(entry) && entry.file == segment.file_number()) entry.end = ProvenNumber::of(end);
  }
}

void Folder::forget(uint64_t file_number) {
  for (SegmentEntry& entry : table()) {
    if (entry.magic == SegmentEntry::kMagic && entry.file == file_number) entry.magic = 0;
  }
}

std::unique_ptr<Segment> Folder::make_segment(size_t bytes, std::string& error) {
  // Files keep their names through all their lives; the name only has to be free.
  for (uint64_t number = last_number_ + 1;; ++number) {
    const std::string path = fmt::format("{}/{:08}{}", path_, number, kSuffix);
    if (access(path.c_str(), F_OK) != 0) return Segment::create(path, bytes, error);
  }
}

SegmentHeader Folder::next_header(uint64_t first) {
  if (!run_is_noted_) note_run(first);
  SegmentHeader header = {};
  header.number = ++last_number_;
  header.first = first;
  header.key = random<uint64_t>();
  header.intake = run_;
  std::memcpy(header.pipeline, checkpoint_->pipeline, sizeof(header.pipeline));
  std::memcpy(header.source, checkpoint_->source, sizeof(header.source));
  return header;
}

bool Folder::sync(std::string& error) {
  if (fdatasync(checkpoint_fd_) == 0 && fsync(folder_fd_) == 0) return true;
  error = failure("cannot write", path_);
  return false;
}

}  // namespace penstock::engine
