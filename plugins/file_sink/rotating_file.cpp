#include "rotating_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <penstock/file_error.hpp>

#include <cerrno>
#include <cstdio>

namespace file_sink {

RotatingFile::~RotatingFile() {
  if (fd_ > STDERR_FILENO) close(fd_);
}

std::string RotatingFile::fail(const char* what) const {
  return penstock::file_error(what, path_, errno, penstock::FileUse::kWrite);
}

std::string RotatingFile::open() {
  is_regular_ = false;
  if (path_ == "-") {
    fd_ = STDOUT_FILENO;
    return "";
  }
  fd_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
  if (fd_ < 0) return fail("cannot open");
  struct stat status = {};
  if (fstat(fd_, &status) != 0) return fail("cannot look at");
  is_regular_ = S_ISREG(status.st_mode);
  size_ = status.st_size;
  return "";
}

std::string RotatingFile::rotate() {
  for (int64_t i = keep_ - 1; i >= 1; --i) {
    const std::string from = path_ + "." + std::to_string(i);
    const std::string to = path_ + "." + std::to_string(i + 1);
    if (std::rename(from.c_str(), to.c_str()) != 0 && errno != ENOENT) return fail("cannot rename");
  }
  const int result =
      keep_ > 0 ? std::rename(path_.c_str(), (path_ + ".1").c_str()) : std::remove(path_.c_str());
  if (result != 0 && errno != ENOENT) return fail("cannot rename");
  close(fd_);
  fd_ = -1;
  return open();
}

std::string RotatingFile::cut_back(std::string error) const {
  if (is_regular_ && ftruncate(fd_, size_) != 0) return fail("cannot cut back");
  return error;
}

std::string RotatingFile::write(std::string_view text) {
  if (fd_ < 0) {
    if (std::string error = open(); !error.empty()) return error;
  }
  const auto bytes = static_cast<int64_t>(text.size());
  if (max_bytes_ > 0 && size_ > 0 && size_ + bytes > max_bytes_ && is_regular_) {
    if (std::string error = rotate(); !error.empty()) return error;
  }
  size_t written = 0;
  while (written < text.size()) {
    const ssize_t count = ::write(fd_, text.data() + written, text.size() - written);
    if (count > 0) {
      written += static_cast<size_t>(count);
    } else if (errno != EINTR) {
      return cut_back(fail("cannot write"));
    }
  }
  if (sync_ && is_regular_ && fdatasync(fd_) != 0) return cut_back(fail("cannot sync"));
  size_ += bytes;
  return "";
}

}  // namespace file_sink
