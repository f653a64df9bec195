// A file that is appended to, and set aside when it grows too large.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace file_sink {

class RotatingFile {
 public:
  // `path` "-" is standard output. With `max_bytes` 0 it grows without end; otherwise
  // `path`.1 is the last one set aside, and at most `keep` of them exist. `sync`: what was written
  // survives the death of the machine, too.
  RotatingFile(std::string path, int64_t max_bytes, int64_t keep, bool sync)
      : path_(std::move(path)), max_bytes_(max_bytes), keep_(keep), sync_(sync) {}
  ~RotatingFile();
  RotatingFile(const RotatingFile&) = delete;
  RotatingFile& operator=(const RotatingFile&) = delete;

  // Appends all of `text`, or nothing: a piece that could be written before an error is cut
  // off again, so that a repeated attempt leaves each line once. Returns the error.
  std::string write(std::string_view text);

 private:
  std::string open();
  std::string rotate();
  std::string fail(const char* what) const;
  // Takes back what of a piece is written; the error, or that of taking it back.
  std::string cut_back(std::string error) const;

  const std::string path_;
  const int64_t max_bytes_;
  const int64_t keep_;
  const bool sync_;
  int fd_ = -1;
  // A pipe, a terminal and /dev/null can be neither cut, synced nor set aside.
  bool is_regular_ = false;
  int64_t size_ = 0;
};

}  // namespace file_sink
