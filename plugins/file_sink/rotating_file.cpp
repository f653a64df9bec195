#include "rotating_file.hpp"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/file.h>
#include <unistd.h>

#include <penstock/file_error.hpp>
#include <penstock/own_file.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <thread>

#include "lines_in_file.hpp"
#include "lock_holder.hpp"

namespace file_sink {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

RotatingFile::~RotatingFile() { close_file(); }

std::string RotatingFile::fail(const char* what) const {
  return penstock::file_error(what, path_, errno, penstock::FileUse::kWrite);
}

void RotatingFile::close_file() {
  if (fd_ > STDERR_FILENO) close(fd_);
  fd_ = -1;
}

namespace {

bool may_be_regular(const std::string& path) {
  struct stat status = {};
  return stat(path.c_str(), &status) != 0 || S_ISREG(status.st_mode);
}

// What root makes in a user's folder, such as by a replay, is written by that user's engine, too.
void give_to_owner_of_folder(const std::string& path, int fd) {
  struct stat folder = {}, file = {};
  const std::string parent = penstock::folder_of(path);
  if (geteuid() != 0 || stat(parent.c_str(), &folder) != 0 || folder.st_uid == 0) return;
  const bool is_new = fstat(fd, &file) == 0 && file.st_uid == 0 && file.st_size == 0;
  if (is_new && fchown(fd, folder.st_uid, folder.st_gid) != 0) return;  // then it stays root's
}

// That a file was made, or has another name, is safe once its folder is.
void sync_folder_of(const std::string& path) {
  const int fd = ::open(penstock::folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  fsync(fd);
  close(fd);
}

}  // namespace

std::string RotatingFile::open() {
  is_regular_ = false;
  if (path_ == "-") {
    fd_ = STDOUT_FILENO;
    return "";
  }
  // O_NONBLOCK: not to wait for whoever reads a pipe. A pipe is opened to write alone, else its
  // writer is its reader, too.
  constexpr int kFlags = O_CREAT | O_APPEND | O_NONBLOCK;
  std::string fault;
  can_read_ = may_be_regular(path_);
  fd_ = penstock::open_own_file(path_, kFlags | (can_read_ ? O_RDWR : O_WRONLY), 0640, fault);
  if (fd_ < 0 && errno == EACCES && can_read_) {
    can_read_ = false;
    fd_ = penstock::open_own_file(path_, kFlags | O_WRONLY, 0640, fault);
  }
  if (fd_ < 0 && !fault.empty()) return fault;
  if (fd_ < 0 && errno == ENXIO) return "cannot open " + path_ + ": nobody reads it";
  if (fd_ < 0) return fail("cannot open");
  struct stat status = {};
  if (fstat(fd_, &status) != 0) return fail("cannot look at");
  is_regular_ = S_ISREG(status.st_mode);
  known_end_ = -1;
  if (is_regular_) give_to_owner_of_folder(path_, fd_);
  if (is_regular_ && sync_) sync_folder_of(path_);
  return "";
}

std::string RotatingFile::lock() {
  constexpr int kTries = 100;
  for (int tries = 0; flock(fd_, LOCK_EX | LOCK_NB) != 0; ++tries) {
    // Some network file systems have no locks.
    if (errno == ENOLCK || errno == EOPNOTSUPP || errno == EINVAL) return "";
    if (errno != EWOULDBLOCK && errno != EINTR) return fail("cannot lock");
    if (tries == kTries || interrupted_()) {
      const std::string holder = lock_holder(fd_);
      return "cannot lock " + path_ + ": " + (holder.empty() ? "another process" : holder) +
             " has locked it; stop that process, or choose another path";
    }
    std::this_thread::sleep_for(10ms);
  }
  return "";
}

std::string RotatingFile::lock_current(struct stat& status) {
  constexpr int kTries = 10;
  for (int tries = 0; tries < kTries; ++tries) {
    if (fd_ < 0) {
      if (std::string error = open(); !error.empty()) return error;
    }
    if (!is_regular_) return "";  // another kind of file has its name by now
    if (std::string error = lock(); !error.empty()) return error;
    struct stat named = {};
    const bool is_there = stat(path_.c_str(), &named) == 0;
    const int why_not = is_there ? 0 : errno;
    if (fstat(fd_, &status) == 0 && is_there && penstock::is_same_file(named, status)) return "";
    close_file();  // it was removed, or set aside by somebody else
    if (why_not != 0 && why_not != ENOENT) {
      errno = why_not;
      return fail("cannot look at");
    }
  }
  return "cannot write " + path_ + ": it keeps being replaced";
}

std::string RotatingFile::complete(int64_t& end) {
  char last = '\n';
  if (end == 0 || end == known_end_ || !can_read_) return "";
  if (pread(fd_, &last, 1, end - 1) != 1) return fail("cannot read");
  if (last == '\n') return "";
  if (std::string error = write_all("\n"); !error.empty()) return error;
  ++end;
  return "";
}

std::string RotatingFile::set_aside() {
  const auto aside = [&](int64_t i) { return path_ + "." + std::to_string(i); };
  const auto is_free = [&](int64_t i) { return access(aside(i).c_str(), F_OK) != 0; };
  const bool keeps = limits_.keep > 0;
  // Files move up to the first free place; the oldest goes where there is none.
  int64_t last = 1;
  while (last < limits_.keep && !is_free(last)) ++last;
  const bool is_full = !keeps || !is_free(last);
  const std::string oldest = keeps ? aside(limits_.keep) : path_;
  const LinesInFile gone = is_full ? lines_in_file(oldest) : LinesInFile();
  if (limits_.when_full == WhenFull::kBlock && gone.letters + gone.others > 0) {
    return "cannot rotate " + path_ + ": " + oldest +
           " still holds unreplayed lines; replay it, or move it away";
  }
  for (int64_t i = last - 1; i >= 1; --i) {
    if (std::rename(aside(i).c_str(), aside(i + 1).c_str()) != 0 && errno != ENOENT) {
      return fail("cannot rename");
    }
  }
  const int result =
      keeps ? std::rename(path_.c_str(), aside(1).c_str()) : std::remove(path_.c_str());
  if (result != 0 && errno != ENOENT) return fail("cannot rename");
  if (gone.letters > 0) {
    discarded_ += gone.letters;
    warn_("discarded " + std::to_string(gone.letters) +
          " unreplayed dead letters with the oldest file of " + path_ +
          " (max_bytes and keep reached); " + std::to_string(discarded_) + " since start");
  } else if (keeps && limits_.when_full == WhenFull::kDiscardOldest) {
    if (const uint64_t next = lines_in_file(oldest).letters; next > 0) {
      warn_(path_ + " is on its last file: the next rotation discards " + oldest + " with " +
            std::to_string(next) + " unreplayed dead letters; replay them first");
    }
  }
  return "";
}

std::string RotatingFile::write_all(std::string_view text) const {
  while (!text.empty()) {
    const ssize_t count = ::write(fd_, text.data(), text.size());
    if (count > 0) text.remove_prefix(static_cast<size_t>(count));
    else if (count < 0 && errno != EINTR) return fail("cannot write");
  }
  return "";
}

std::string RotatingFile::append(std::string_view text) {
  struct stat status = {};
  if (std::string error = lock_current(status); !error.empty()) return error;
  if (!is_regular_) return stream(text);
  const auto bytes = static_cast<int64_t>(text.size());
  if (limits_.max_bytes > 0 && status.st_size > 0 && status.st_size + bytes > limits_.max_bytes) {
    if (std::string error = set_aside(); !error.empty()) {
      flock(fd_, LOCK_UN);
      return error;
    }
    if (std::string error = lock_current(status); !error.empty()) return error;
    if (!is_regular_) return stream(text);
  }
  const int64_t begin = status.st_size;
  int64_t end = begin;
  std::string error = complete(end);
  const bool was_torn = end != begin;
  if (error.empty()) error = write_all(text);
  if (error.empty() && sync_ && fdatasync(fd_) != 0) error = fail("cannot sync");
  if (!error.empty() && ftruncate(fd_, begin) != 0) error += "; " + fail("cannot cut back");
  known_end_ = error.empty() ? end + bytes : -1;
  if (error.empty() && was_torn && torn_++ == 0) {
    warn_("the last line of " + path_ + " was incomplete; ended it with a newline");
  }
  flock(fd_, LOCK_UN);
  return error;
}

std::string RotatingFile::stream(std::string_view text) {
  constexpr auto kPatience = 1s, kMost = 5s;
  struct stat status = {};
  const bool may_block = (fcntl(fd_, F_GETFL) & O_NONBLOCK) == 0 && fstat(fd_, &status) == 0 &&
                         !S_ISREG(status.st_mode);
  // So much is taken at once by a pipe that has room (pipe(7), PIPE_BUF).
  const size_t most = may_block ? PIPE_BUF : text.size();
  const auto begin = Clock::now();
  for (auto moved = begin; begun_ < text.size();) {
    const auto now = Clock::now();
    if (now - moved > kPatience || now - begin > kMost || interrupted_()) {
      return "cannot write " + path_ + ": the reader is not reading; " + std::to_string(begun_) +
             " of " + std::to_string(text.size()) + " bytes of the batch written";
    }
    pollfd place{fd_, POLLOUT, 0};
    if (poll(&place, 1, 100) <= 0) continue;
    const ssize_t count = ::write(fd_, text.data() + begun_, std::min(text.size() - begun_, most));
    if (count > 0) {
      begun_ += static_cast<size_t>(count);
      moved = Clock::now();
    } else if (count < 0 && errno == EAGAIN) {
      std::this_thread::sleep_for(1ms);
    } else if (count < 0 && errno != EINTR) {
      return fail("cannot write");
    }
  }
  begun_ = 0;
  return "";
}

// A pipe or device is left when its path names something else; the batch begins anew there.
void RotatingFile::leave_replaced() {
  struct stat ours = {}, named = {};
  if (fd_ < 0 || is_regular_ || path_ == "-") return;
  const bool is_same = fstat(fd_, &ours) == 0 && stat(path_.c_str(), &named) == 0 &&
                       penstock::is_same_file(ours, named);
  if (is_same) return;
  close_file();
  begun_ = 0;
}

std::string RotatingFile::write(std::string_view text) {
  leave_replaced();
  if (fd_ < 0) {
    if (std::string error = open(); !error.empty()) return error;
  }
  return is_regular_ ? append(text) : stream(text);
}

}  // namespace file_sink
