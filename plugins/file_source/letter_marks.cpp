#include "letter_marks.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace file_source {
namespace {

constexpr std::string_view kBegin = "{\"replayed\":";
constexpr std::string_view kNotReplayed = "{\"replayed\":false";
constexpr std::string_view kDone = "true ";  // as long as "false"

}  // namespace

LetterMarks::~LetterMarks() {
  if (fd_ >= 0) close(fd_);
}

std::string LetterMarks::open(const std::string& path) {
  if (fd_ >= 0) return "";
  fd_ = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  struct stat status = {};
  if (fd_ < 0 || fstat(fd_, &status) != 0) {
    return "cannot mark letters in " + path + ": " + std::strerror(errno);
  }
  end_ = status.st_size;
  return "";
}

bool LetterMarks::is_replayed(std::string_view line) {
  return line.starts_with(kBegin) && line.substr(kBegin.size()).starts_with(kDone);
}

void LetterMarks::check(std::string_view line) {
  if (line.starts_with(kNotReplayed)) return;
  throw std::invalid_argument("not a dead letter: it does not begin with " +
                              std::string(kNotReplayed));
}

std::string LetterMarks::taken(int64_t offset, uint64_t position) {
  const std::lock_guard lock(mutex_);
  taken_.emplace_back(position, offset);
  return mark();
}

std::string LetterMarks::safe(uint64_t position) {
  const std::lock_guard lock(mutex_);
  safe_ = std::max(safe_, position);
  return mark();
}

std::string LetterMarks::mark() {
  for (; !taken_.empty() && taken_.front().first <= safe_; taken_.pop_front()) {
    const auto at = taken_.front().second + static_cast<int64_t>(kBegin.size());
    if (pwrite(fd_, kDone.data(), kDone.size(), at) != static_cast<ssize_t>(kDone.size())) {
      return std::string("cannot mark a letter as replayed: ") + std::strerror(errno);
    }
  }
  return "";
}

}  // namespace file_source
