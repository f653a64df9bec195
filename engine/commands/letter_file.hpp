// A file of dead letters as `penstock replay` puts it through again: which of them go where.
//
// The file is known by its content, whatever its name becomes: it is opened once, and what a replay
// leaves that is broken off lies beside it in folders named after its inode, the time that it was
// made, and its first line.
#pragma once

#include <penstock/dead_letter.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "config/pipeline_file.hpp"

namespace penstock::engine {

// Where letters can go.
struct LetterTargets {
  std::set<std::string> nodes;  // of the pipeline
  std::string into;             // --into, or ""
};

// Letters that go back the same way: rows to the node that rejected them, with the columns that
// they had; messages to that node, or into the one that was asked for.
struct LetterGroup {
  ReplayPart part;
  uint64_t waiting = 0;  // not yet replayed
};

class LetterFile {
 public:
  using Tell = std::function<void(const std::string&)>;

  explicit LetterFile(std::string path) : path_(std::move(path)) {}
  ~LetterFile();
  LetterFile(LetterFile&& other) noexcept;
  LetterFile& operator=(LetterFile&&) = delete;

  // Opens the file and reads it once. Returns what is wrong, or "". Lines that are no letters are
  // no such fault: `tell` hears of each.
  std::string read(const LetterTargets& targets, const Tell& tell);

  const std::string& path() const { return path_; }
  // Those with letters that wait, or with what an earlier replay left in their folders.
  const std::vector<LetterGroup>& groups() const { return groups_; }
  // All of the group is stored or rejected anew: its marks become those of a replay that came to
  // its end, and its folder goes. Returns the error.
  std::string finish(const LetterGroup& group) const;
  // How many of the group no replay has taken.
  uint64_t still_waiting(const LetterGroup& group) const;

 private:
  struct Line;

  std::string open();
  void visit_lines(const std::function<void(const Line&)>& visit) const;
  // Lines of the group with this mark.
  void visit_letters(const LetterGroup& group, penstock::letter::Mark mark,
                     const std::function<void(const Line&)>& visit) const;
  // What is wrong with the letters' ways.
  std::string sort_lines(const Tell& tell);
  // What is wrong with what earlier replays left.
  std::string check_folders();
  void complete(ReplayPart& part) const;
  std::string mark_as_replayed(const std::set<int64_t>& offsets) const;

  const std::string path_;
  LetterTargets targets_;
  int fd_ = -1;
  int64_t end_ = 0;
  std::string key_;                         // what the file is known by
  std::string folders_;                     // the beginning of its folders' names, with the path
  std::map<std::string, LetterGroup> all_;  // by the parts' names
  std::map<std::string, std::set<int64_t>> taken_;  // their lines' offsets
  std::vector<LetterGroup> groups_;
};

}  // namespace penstock::engine
