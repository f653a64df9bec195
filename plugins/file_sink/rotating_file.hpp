// A file that is appended to, and set aside when it grows too large. Any number of writers may have
// it, also in other processes: each looks at it anew at each write, under a lock on the file.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace file_sink {

// What becomes of the oldest file set aside when there is no room for one more.
enum class WhenFull { kDiscardOldest, kBlock };

struct FileLimits {
  int64_t max_bytes = 0;  // 0: it grows without end
  int64_t keep = 0;       // files set aside; `path`.1 is the last one
  WhenFull when_full = WhenFull::kDiscardOldest;
};

class RotatingFile {
 public:
  using Warn = std::function<void(const std::string&)>;
  using Interrupted = std::function<bool()>;  // whether a write that waits should return

  // `path` "-" is standard output. `sync`: what was written survives the death of the machine, too.
  RotatingFile(std::string path, FileLimits limits, bool sync, Warn warn, Interrupted interrupted)
      : path_(std::move(path)),
        limits_(limits),
        sync_(sync),
        warn_(std::move(warn)),
        interrupted_(std::move(interrupted)) {}
  ~RotatingFile();
  RotatingFile(const RotatingFile&) = delete;
  RotatingFile& operator=(const RotatingFile&) = delete;

  // Appends all of `text`, whole lines, within seconds. Returns the error. To a file it appends
  // nothing then: a piece that could be written is cut off again. What a pipe or terminal has
  // taken stays, and the next call goes on behind it: it must be given the same text.
  std::string write(std::string_view text);
  // So many bytes of a text are in a pipe, and the others are not.
  size_t bytes_begun() const { return begun_; }

  // Since the start: dead letters in files that were discarded, not replayed; lines of others that
  // had no end.
  uint64_t discarded() const { return discarded_; }
  uint64_t torn() const { return torn_; }

 private:
  std::string open();
  void close_file();
  std::string lock();
  // Opens, and locks, what `path` names now.
  std::string lock_current(struct stat& status);
  std::string append(std::string_view text);
  // The last line's missing end, which a writer that died left; `end` is the file's.
  std::string complete(int64_t& end);
  std::string write_all(std::string_view text) const;
  std::string set_aside();
  void leave_replaced();
  std::string stream(std::string_view text);
  std::string fail(const char* what) const;

  const std::string path_;
  const FileLimits limits_;
  const bool sync_;
  const Warn warn_;
  const Interrupted interrupted_;
  int fd_ = -1;
  // A pipe, a terminal and /dev/null can be neither cut, synced, locked nor set aside.
  bool is_regular_ = false;
  bool can_read_ = false;
  int64_t known_end_ = -1;  // where this writer's last line ends
  size_t begun_ = 0;
  uint64_t discarded_ = 0;
  uint64_t torn_ = 0;
};

}  // namespace file_sink
