#include "intake/kept_files.hpp"

namespace penstock::engine {

void KeptFiles::open(const Folder& folder, const Id& newest_run, bool is_damaged) {
  folder_ = &folder;
  newest_run_ = newest_run;
  is_damaged_ = is_damaged;
}

// It fits to the messages when the last process that appended any had it, too, and when neither has
// lost anything since.
Result<KeptFiles::Kept> KeptFiles::keep(const std::string& name, size_t bytes) {
  if (!folder_) return Kept{};
  KeptHere& kept = kept_[name];
  const bool is_open = kept.file && kept.file->bytes() == bytes;
  if (!is_open) {
    kept.file.reset();
    auto opened = KeptFile::open(folder_->path(), name, bytes);
    if (!opened) return fail(std::move(opened.error()));
    kept.file = std::move(*opened);
  }
  kept.is_asked_for = true;
  is_assigned_ = false;
  KeptFile& file = *kept.file;
  if (!is_open && file.is_new()) return Kept{kept.file, PENSTOCK_KEPT_NEW};
  if (is_whole(file)) return Kept{kept.file, PENSTOCK_KEPT_WHOLE};
  file.assign_to({});  // in doubt until it is in order, over a kill as well
  return Kept{kept.file, PENSTOCK_KEPT_DOUBTFUL};
}

bool KeptFiles::is_whole(const KeptFile& file) const {
  if (file.is_copy()) return false;
  if (file.run() == folder_->checkpoint().run()) return true;  // for an instance before
  const bool none_since = run_number(file.run()) == run_number(folder_->checkpoint().run());
  const bool is_newest = none_since || file.run() == newest_run_;
  return is_newest && !is_damaged_ && !folder_->checkpoint().machine_restarted();
}

void KeptFiles::assign() {
  for (auto& [name, kept] : kept_) {
    if (!kept.file) continue;
    // What an instance before asked for, and this one doesn't, knows nothing of what comes.
    kept.file->assign_to(kept.is_asked_for ? folder_->checkpoint().run() : Id{});
    kept.is_asked_for = false;
  }
  is_assigned_ = true;
}

}  // namespace penstock::engine
