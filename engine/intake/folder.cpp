#include "intake/folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <penstock/file_error.hpp>
#include <penstock/own_file.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <thread>

namespace penstock::engine {
namespace {

constexpr const char* kSuffix = ".segment";

std::string failure(const char* what, const std::string& path) {
  return file_error(what, path, errno, FileUse::kWrite);
}

}  // namespace

Result<std::unique_ptr<Folder>> Folder::open(const std::string& path, const IntakeOwner& owner) {
  std::error_code code;
  std::filesystem::create_directories(path, code);
  if (code) {
    return fail(file_error("cannot create the intake folder", path, code.value(), FileUse::kFill));
  }
  if (access(path.c_str(), W_OK | X_OK) != 0) {
    return fail(file_error("cannot use the intake folder", path, errno, FileUse::kFill));
  }
  std::unique_ptr<Folder> folder(new Folder(path));
  folder->folder_fd_ = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder->folder_fd_ < 0) return fail(failure("cannot open", path));
  if (const auto locked = folder->lock(); !locked) return fail(locked.error());
  const auto newest_life = [&] { return folder->newest_life(); };
  const auto opened = folder->checkpoint_.open(path, owner, newest_life);
  if (!opened) return fail(opened.error());
  return folder;
}

Folder::~Folder() {
  checkpoint_.close();  // before another process may have it
  for (const int fd : {lock_fd_, folder_fd_}) {
    if (fd >= 0) close(fd);
  }
}

Result<void> Folder::lock() {
  const std::string path = path_ + "/lock";
  std::string refused;
  lock_fd_ = open_own_file(path, O_RDWR | O_CREAT, 0600, refused);
  if (lock_fd_ < 0) return fail(refused.empty() ? failure("cannot open", path) : refused);
  // A process that only looks (owner_pid) holds it for a moment.
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
    return fail(
        fmt::format("{} is in use by {}; end that one, or give this source another buffer.path",
                    path_, pid > 0 ? fmt::format("process {}", pid) : "another process"));
  }
  if (flock(lock_fd_, LOCK_EX | LOCK_NB) != 0) return fail(failure("cannot lock", path));
  const std::string pid = std::to_string(getpid()) + "\n";
  if (ftruncate(lock_fd_, 0) != 0 || pwrite(lock_fd_, pid.data(), pid.size(), 0) < 0) {
    return fail(failure("cannot write", path));
  }
  return {};
}

bool Folder::is_lost() const {
  const auto is_another = [&](const char* name, int fd) {
    struct stat ours = {};
    return fstat(fd, &ours) == 0 && names_another(path_ + name, ours);
  };
  return is_another("/lock", lock_fd_) || is_another("/checkpoint", checkpoint_.fd());
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

SegmentLife Folder::newest_life() const {
  const Files files = segments_in(path_, false);
  return files.segments.empty() ? SegmentLife{} : files.segments.back()->life();
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
    if (auto segment = Segment::open(entry.path(), writable)) {
      files.segments.push_back(std::move(*segment));
    } else {
      files.unreadable.push_back(segment.error());
    }
  }
  if (code) {
    files.unreadable.push_back(file_error("cannot read", path, code.value(), FileUse::kRead));
  }
  std::sort(files.segments.begin(), files.segments.end(),
            [](const auto& a, const auto& b) { return a->number() < b->number(); });
  return files;
}

Result<std::unique_ptr<Segment>> Folder::make_segment(size_t bytes) {
  // Files keep their names through all their lives; the name only has to be free.
  for (uint64_t number = last_number_ + 1;; ++number) {
    const std::string path = fmt::format("{}/{:08}{}", path_, number, kSuffix);
    if (access(path.c_str(), F_OK) != 0) return Segment::create(path, bytes);
  }
}

Result<void> Folder::sync() {
  if (fdatasync(checkpoint_.fd()) == 0 && fsync(folder_fd_) == 0) return {};
  return fail(failure("cannot write", path_));
}

}  // namespace penstock::engine
