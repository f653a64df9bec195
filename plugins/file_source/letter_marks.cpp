#include "letter_marks.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <penstock/dead_letter.hpp>
#include <penstock/file_error.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>

namespace file_source {

using namespace penstock;

namespace {

// Positions beyond this were given after a restart of the machine (docs/delivery.md).
constexpr uint64_t kRestartStep = uint64_t{1} << 40;

}  // namespace

LetterMarks::~LetterMarks() {
  if (fd_ >= 0) close(fd_);
}

std::string LetterMarks::open(const std::string& path, int64_t end) {
  if (fd_ >= 0) return "";
  fd_ = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  struct stat status = {};
  if (fd_ < 0 || fstat(fd_, &status) != 0) {
    return file_error("cannot mark letters in", path, errno, FileUse::kWrite);
  }
  end_ = end > 0 ? end : status.st_size;
  return "";
}

void LetterMarks::check(std::string_view line) {
  if (letter::mark_of(line) == letter::Mark::kWaiting) return;
  throw std::invalid_argument("not a dead letter: it does not begin with " +
                              std::string(letter::kNotReplayed));
}

uint64_t LetterMarks::unmarked_in_intake(const std::string& path, uint64_t position,
                                         const std::function<bool(const std::string&)>& has) const {
  if (position == 0 || position >= kRestartStep) return 0;
  std::ifstream file(path);
  uint64_t marked = 0;
  int64_t offset = 0;
  for (std::string line; offset < end_ && std::getline(file, line);) {
    offset += static_cast<int64_t>(line.size()) + 1;
    if (letter::mark_of(line) == letter::Mark::kTaken && has(line)) ++marked;
  }
  return position < marked ? 0 : position - marked;
}

std::string LetterMarks::write(std::string_view mark, int64_t at) const {
  if (pwrite(fd_, mark.data(), mark.size(), at) == static_cast<ssize_t>(mark.size())) return "";
  return std::string("cannot mark a letter as replayed: ") + std::strerror(errno);
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
    const auto at = taken_.front().second + static_cast<int64_t>(letter::kBegin.size());
    if (std::string error = write(letter::kTakenMark, at); !error.empty()) return error;
  }
  return "";
}

}  // namespace file_source
