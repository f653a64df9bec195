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

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace penstock::engine {
namespace {

constexpr const char* kSuffix = ".segment";

std::string failure(const char* what, const std::string& path) {
  return file_error(what, path, errno, FileUse::kWrite);
}

Id random_id() {
  Id id;
  if (getrandom(id.data(), id.size(), 0) != static_cast<ssize_t>(id.size())) {
    throw std::runtime_error("the system gives no random numbers");
  }
  return id;
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
  if (checkpoint_) munmap(checkpoint_, sizeof(CheckpointPage));
  for (const int fd : {checkpoint_fd_, lock_fd_, folder_fd_}) {
    if (fd >= 0) close(fd);
  }
}

bool Folder::lock(std::string& error) {
  const std::string path = path_ + "/lock";
  lock_fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock_fd_ < 0) {
    error = failure("cannot open", path);
    return false;
  }
  if (flock(lock_fd_, LOCK_EX | LOCK_NB) != 0) {
    error = errno == EWOULDBLOCK
                ? fmt::format(
                      "{} is in use by process {}; end that one, or give this source "
                      "another buffer.path",
                      path_, owner_pid(path_))
                : failure("cannot lock", path);
    return false;
  }
  const std::string pid = std::to_string(getpid()) + "\n";
  if (ftruncate(lock_fd_, 0) != 0 || pwrite(lock_fd_, pid.data(), pid.size(), 0) < 0) {
    error = failure("cannot write", path);
    return false;
  }
  return true;
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
  checkpoint_fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (checkpoint_fd_ < 0) {
    error = failure("cannot open", path);
    return false;
  }
  if (const int code = posix_fallocate(checkpoint_fd_, 0, sizeof(CheckpointPage))) {
    error = file_error("cannot allocate", path, code, FileUse::kWrite);
    return false;
  }
  void* memory =
      mmap(nullptr, sizeof(CheckpointPage), PROT_READ | PROT_WRITE, MAP_SHARED, checkpoint_fd_, 0);
  if (memory == MAP_FAILED) {
    error = failure("cannot map", path);
    return false;
  }
  checkpoint_ = static_cast<CheckpointPage*>(memory);
  CheckpointPage named = {};
  set_name(named.pipeline, owner.pipeline);
  set_name(named.source, owner.source);
  const Id boot = boot_id();
  if (is_intact(*checkpoint_)) {
    if (checkpoint_->version != kFormatVersion) {
      error = fmt::format(
          "{} has format version {}, this engine reads {}; use the version of "
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
    machine_restarted_ = checkpoint_->boot != boot;
    checkpoint_->boot = boot;
    checkpoint_->crc = crc_of(*checkpoint_);
    return true;
  }
  // None yet, or a damaged one: the folder's positions continue where nothing can have been.
  machine_restarted_ = true;
  named.magic = CheckpointPage::kMagic;
  named.version = kFormatVersion;
  named.intake = known_id().value_or(random_id());
  named.boot = boot;
  named.watermark = named.appended = {0, ~uint64_t{0}};
  named.crc = crc_of(named);
  *checkpoint_ = named;
  return true;
}

std::optional<Id> Folder::known_id() const {
  std::vector<std::string> problems;
  std::optional<Id> id;
  for (const auto& segment : segments_in(path_, false, problems)) {
    if (const SegmentHeader* header = segment->header()) id = header->intake;
  }
  return id;
}

std::unique_ptr<CheckpointPage> Folder::read_checkpoint(const std::string& path) {
  auto page = std::make_unique<CheckpointPage>();
  std::ifstream file(path + "/checkpoint", std::ios::binary);
  if (!file.read(reinterpret_cast<char*>(page.get()), sizeof(*page)) || !is_intact(*page)) {
    return nullptr;
  }
  return page;
}

std::vector<std::unique_ptr<Segment>> Folder::segments_in(const std::string& path, bool writable,
                                                          std::vector<std::string>& problems) {
  std::vector<std::unique_ptr<Segment>> segments;
  std::error_code code;
  for (const auto& entry : std::filesystem::directory_iterator(path, code)) {
    if (entry.path().extension() != kSuffix) continue;
    std::string error;
    if (auto segment = Segment::open(entry.path(), writable, error)) {
      segments.push_back(std::move(segment));
    } else {
      problems.push_back(error);
    }
  }
  if (code) {
    problems.push_back(file_error("cannot read", path, code.value(), FileUse::kRead));
  }
  std::sort(segments.begin(), segments.end(),
            [](const auto& a, const auto& b) { return a->number() < b->number(); });
  return segments;
}

std::unique_ptr<Segment> Folder::make_segment(size_t bytes, std::string& error) {
  // Files keep their names through all their lives; the name only has to be free.
  for (uint64_t number = last_number_ + 1;; ++number) {
    const std::string path = fmt::format("{}/{:08}{}", path_, number, kSuffix);
    if (access(path.c_str(), F_OK) != 0) return Segment::create(path, bytes, error);
  }
}

SegmentHeader Folder::next_header() {
  SegmentHeader header = {};
  header.number = ++last_number_;
  header.intake = checkpoint_->intake;
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
