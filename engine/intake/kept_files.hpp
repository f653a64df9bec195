// The files beside the log in which a source keeps what it must know after a crash (kept_file.hpp),
// and whether they still fit to the messages. The source's appending thread.
#pragma once

#include <penstock/plugin.h>

#include <cstddef>
#include <map>
#include <memory>
#include <string>

#include "config/result.hpp"
#include "intake/folder.hpp"
#include "intake/kept_file.hpp"

namespace penstock::engine {

class KeptFiles {
 public:
  struct Kept {
    std::shared_ptr<KeptFile> file;
    penstock_kept state = PENSTOCK_KEPT_NEW;
  };

  // Intake::open, of a disk intake. `newest_run`: the last before this one in which messages were
  // appended. `is_damaged`: some of the messages that were found.
  void open(const Folder& folder, const Id& newest_run, bool is_damaged);

  // What the source keeps beside its messages; see penstock_host. No file with a memory intake.
  // Before the source's first append, which says that what is kept is in order.
  Result<Kept> keep(const std::string& name, size_t bytes);
  // Before the first message is there: a kill in between would leave a file without it.
  void assign_to_run() {
    if (!is_assigned_) assign();
  }

 private:
  struct KeptHere {
    std::shared_ptr<KeptFile> file;
    bool is_asked_for = false;  // since the last append
  };

  bool is_whole(const KeptFile& file) const;
  void assign();

  const Folder* folder_ = nullptr;
  Id newest_run_ = {};
  bool is_damaged_ = false;
  std::map<std::string, KeptHere> kept_;  // by name
  bool is_assigned_ = true;
};

}  // namespace penstock::engine
