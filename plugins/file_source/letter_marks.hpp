// Which dead letters of a file have been put through again; see penstock/dead_letter.hpp.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace file_source {

class LetterMarks {
 public:
  LetterMarks() = default;
  ~LetterMarks();
  LetterMarks(const LetterMarks&) = delete;
  LetterMarks& operator=(const LetterMarks&) = delete;

  // `end`: what comes later is not of this replay; 0: where the file ends now. Returns the error.
  std::string open(const std::string& path, int64_t end);
  int64_t end() const { return end_; }

  // Throws std::invalid_argument unless the line has the place for a mark.
  static void check(std::string_view line);

  // How many letters are in the intake and not yet marked, since a kill came between; `position` is
  // where the intake ends. The intake is one replay's from its first start to its end, so that its
  // positions count the letters that it took, and the marks of this replay are told from those of
  // earlier ones. `has`: whether a line is a letter of this intake. Unknown, and then none, after a
  // restart of the machine, where positions go on at another place. Reads the file once.
  uint64_t unmarked_in_intake(const std::string& path, uint64_t position,
                              const std::function<bool(const std::string&)>& has) const;

  // The line that begins at `offset` is in the intake, which ends at `position`.
  std::string taken(int64_t offset, uint64_t position);
  // Any thread: the intake is safe up to `position`. Lines below it are marked; both return the
  // error.
  std::string safe(uint64_t position);

 private:
  std::string mark();
  std::string write(std::string_view mark, int64_t at) const;

  int fd_ = -1;
  int64_t end_ = 0;
  std::mutex mutex_;
  uint64_t safe_ = 0;
  std::deque<std::pair<uint64_t, int64_t>> taken_;  // position, offset
};

}  // namespace file_source
