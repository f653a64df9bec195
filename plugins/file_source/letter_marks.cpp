#include "letter_marks.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <penstock/file_error.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>

namespace file_source {
namespace {

constexpr std::string_view kBegin = "{\"replayed\":";
constexpr std::string_view kNotReplayed = "{\"replayed\":false";
// As long as "false". White space of JSON tells this replay's from earlier ones'.
constexpr std::string_view kTrue = "true", kDone = "true\t", kDoneEarlier = "true ";
// Positions beyond this were given after a restart of the machine (docs/delivery.md).
constexpr uint64_t kRestartStep = uint64_t{1} << 40;

}  // namespace

LetterMarks::~LetterMarks() {
  if (fd_ >= 0) close(fd_);
}

std::string LetterMarks::open(const std::string& path) {
  if (fd_ >= 0) return "";
  fd_ = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  struct stat status = {};
  if (fd_ < 0 || fstat(fd_, &status) != 0) {
    return penstock::file_error("cannot mark letters in", path, errno, penstock::FileUse::kWrite);
  }
  end_ = status.st_size;
  return "";
}

bool LetterMarks::is_replayed(std::string_view line) {
  return line.starts_with(kBegin) && line.substr(kBegin.size()).starts_with(kTrue);
}

void LetterMarks::check(std::string_view line) {
  if (line.starts_with(kNotReplayed)) return;
  throw std::invalid_argument("not a dead letter: it does not begin with " +
                              std::string(kNotReplayed));
}

uint64_t LetterMarks::unmarked_in_intake(const std::string& path, uint64_t position,
                                         std::string& error) {
  std::ifstream file(path);
  std::string line;
  uint64_t marked = 0;
  int64_t offset = 0;
  while (std::getline(file, line) && offset < end_) {
    const int64_t at = offset + static_cast<int64_t>(kBegin.size());
    offset += static_cast<int64_t>(line.size()) + 1;
    if (!is_replayed(line) || !line.substr(kBegin.size()).starts_with(kDone)) continue;
    ++marked;
    // A new replay begins, to which the marks of the one before are earlier ones.
    if (position > 0) continue;
    if (std::string failed = write(kDoneEarlier, at); !failed.empty()) error = failed;
  }
  return position == 0 || position >= kRestartStep || position < marked ? 0 : position - marked;
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
    const auto at = taken_.front().second + static_cast<int64_t>(kBegin.size());
    if (std::string error = write(kDone, at); !error.empty()) return error;
  }
  return "";
}

}  // namespace file_source
