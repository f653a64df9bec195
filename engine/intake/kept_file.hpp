// A file beside the log in which a source keeps what it must know after a crash, mapped: what is
// stored there before a message is appended is there when the message is.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "config/result.hpp"
#include "intake/format.hpp"

namespace penstock::engine {

class KeptFile {
 public:
  // FOLDER/NAME.kept with `bytes` bytes for the source; zeros if there was none of that size.
  // All of it has its place on the disk.
  static Result<std::unique_ptr<KeptFile>> open(const std::string& folder, const std::string& name,
                                                size_t bytes);
  ~KeptFile();
  KeptFile(const KeptFile&) = delete;
  KeptFile& operator=(const KeptFile&) = delete;

  void* memory() const { return static_cast<char*>(mapping_) + kHeaderBytes; }
  size_t bytes() const { return header().bytes; }
  bool is_new() const { return is_new_; }
  bool is_copy() const { return header().device != device_ || header().inode != inode_; }
  // The run (run_id) whose source had it last.
  const Id& run() const { return header().run; }
  // From now on it is this run's, whose source has put it in order. Without a run: in doubt.
  void assign_to(const Id& run);

 private:
  struct Header {
    static constexpr uint64_t kMagic = 0x3154'504B'4B54'4E50;  // "PNTKKPT1"

    uint64_t magic;
    uint64_t bytes;
    uint64_t device, inode;  // of this file: a copy of it need not fit to the session any more
    Id run;
  };
  static constexpr size_t kHeaderBytes = 4096;  // so that the memory begins with a page

  KeptFile(void* mapping, size_t bytes) : mapping_(mapping), mapped_bytes_(bytes) {}
  Header& header() const { return *static_cast<Header*>(mapping_); }

  void* mapping_;
  size_t mapped_bytes_;
  uint64_t device_ = 0, inode_ = 0;
  bool is_new_ = false;
};

}  // namespace penstock::engine
