#include "commands/letter_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <penstock/file_error.hpp>
#include <penstock/own_file.hpp>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "provenance/batch.hpp"

namespace penstock::engine {

using Json = nlohmann::ordered_json;
using letter::Mark;

struct LetterFile::Line {
  std::string text;
  int64_t number = 0, offset = 0;
  Mark mark = Mark::kNone;
};

namespace {

constexpr const char* kDoneSuffix = ".done";

std::string in_hexadecimal(const std::string& text) {
  return fmt::format("{:016x}", node_number(text));
}

// What stays the same when the file is renamed, and differs in the next file of its name.
std::string key_of(int fd, const std::string& first_line) {
  struct statx status = {};
  statx(fd, "", AT_EMPTY_PATH, STATX_INO | STATX_BTIME, &status);
  const size_t behind_mark = letter::kNotReplayed.size();
  return in_hexadecimal(fmt::format("{} {} {} {}", status.stx_ino, status.stx_btime.tv_sec,
                                    status.stx_btime.tv_nsec,
                                    first_line.substr(std::min(first_line.size(), behind_mark))));
}

// Waits while somebody writes, whose last line would be torn. False: for too long.
bool lock(int fd) {
  using namespace std::chrono_literals;
  constexpr int kTries = 500;
  for (int tries = 0; flock(fd, LOCK_EX | LOCK_NB) != 0; ++tries) {
    if (errno != EWOULDBLOCK && errno != EINTR) return true;  // a file system without locks
    if (tries == kTries) return false;
    std::this_thread::sleep_for(10ms);
  }
  return true;
}

// The way of a letter, or why there is none, as an end of "3 letters …".
Result<ReplayPart> way_of(const Json& json, const LetterTargets& targets) {
  const letter::Kind kind = letter::kind_of(json);
  ReplayPart part;
  part.node = kind.node;
  part.rows = kind.row;
  part.columns = kind.columns;
  const bool is_there = targets.nodes.contains(part.node);
  const bool goes_back = is_there && (part.rows || targets.into.empty());
  part.into = goes_back ? part.node : targets.into;
  if (part.into.empty()) {
    if (part.node.empty()) return fail("that name no node");
    return fail(fmt::format("from node \"{}\", which this pipeline does not have", part.node));
  }
  if (!part.rows && !goes_back) part.node.clear();  // those of any
  return part;
}

}  // namespace

LetterFile::LetterFile(LetterFile&& other) noexcept
    : path_(other.path_),
      targets_(std::move(other.targets_)),
      fd_(std::exchange(other.fd_, -1)),
      end_(other.end_),
      key_(std::move(other.key_)),
      folders_(std::move(other.folders_)),
      all_(std::move(other.all_)),
      taken_(std::move(other.taken_)),
      groups_(std::move(other.groups_)) {}

LetterFile::~LetterFile() {
  if (fd_ >= 0) close(fd_);
}

std::string LetterFile::open() {
  std::string fault;
  fd_ = open_own_file(path_, O_RDWR, 0, fault);
  if (!fault.empty()) return fault;
  if (fd_ < 0) return file_error("cannot mark letters in", path_, errno, FileUse::kWrite);
  if (!lock(fd_)) return path_ + " is being written continuously; try again later";
  struct stat status = {};
  const int failed = fstat(fd_, &status);
  flock(fd_, LOCK_UN);
  if (failed != 0) return file_error("cannot look at", path_, errno, FileUse::kWrite);
  end_ = status.st_size;
  std::string first;
  std::getline(std::ifstream(fmt::format("/proc/self/fd/{}", fd_)), first);
  std::error_code error;
  const auto folder = std::filesystem::canonical(path_, error).parent_path();
  key_ = key_of(fd_, first);
  folders_ = (folder / ("replay-" + key_ + "-")).string();
  return "";
}

void LetterFile::visit_lines(const std::function<void(const Line&)>& visit) const {
  std::ifstream file(fmt::format("/proc/self/fd/{}", fd_));
  int64_t begin = 0;
  for (Line line; begin < end_ && std::getline(file, line.text);) {
    line.offset = std::exchange(begin, begin + static_cast<int64_t>(line.text.size()) + 1);
    ++line.number;
    line.mark = letter::mark_of(line.text);
    visit(line);
  }
}

void LetterFile::complete(ReplayPart& part) const {
  const std::string number = in_hexadecimal(
      fmt::format("{}\n{}\n{}\n{}\n{}", key_, part.node, part.rows, part.columns, part.into));
  part.name = "replay_" + number;
  part.folder = folders_ + number;
  part.path = fmt::format("/proc/self/fd/{}", fd_);
  part.until = end_;
}

std::string LetterFile::sort_lines(const Tell& tell) {
  std::map<std::string, uint64_t> faults;
  visit_lines([&](const Line& line) {
    if (line.mark == Mark::kReplayed || line.text.empty()) return;
    const auto skip = [&](std::string_view why) {
      tell(fmt::format("{}:{}: skipped: {}", path_, line.number, why));
    };
    if (line.mark == Mark::kNone) {
      return skip(
          fmt::format("not a dead letter: it does not begin with {}", letter::kNotReplayed));
    }
    const Json json = Json::parse(line.text, nullptr, false);
    if (json.is_discarded()) return skip("it is not JSON; its writer may have been killed");
    auto part = way_of(json, targets_);
    if (!part) {
      ++faults[part.error()];
      return;
    }
    complete(*part);
    LetterGroup& group = all_.try_emplace(part->name, LetterGroup{*part}).first->second;
    if (line.mark == Mark::kWaiting) ++group.waiting;
    else taken_[part->name].insert(line.offset);
  });
  std::string text;
  for (const auto& [fault, count] : faults) {
    text += fmt::format("{}: {} {} {}; name a node with --into NODE\n", path_, count,
                        count == 1 ? "letter" : "letters", fault);
  }
  return text;
}

std::string LetterFile::check_folders() {
  const std::string earlier = path_ + ".replay";
  if (std::filesystem::exists(earlier)) {
    return fmt::format(
        "{}: a replay by an earlier Penstock version is unfinished; finish it with that "
        "version, or delete {} and lose its messages\n",
        path_, earlier);
  }
  std::set<std::string> folders, done;
  std::error_code error;
  const auto above = std::filesystem::path(folders_).parent_path();
  for (const auto& entry : std::filesystem::directory_iterator(above, error)) {
    const std::string name = entry.path().string();
    if (!name.starts_with(folders_)) continue;
    if (name.ends_with(kDoneSuffix)) done.insert(name);
    else folders.insert(name);
  }
  std::set<int64_t> finished, of_no_folder;
  for (const auto& [name, group] : all_) {
    if (folders.erase(group.part.folder) > 0) continue;
    const bool is_done = done.contains(group.part.folder + kDoneSuffix);
    (is_done ? finished : of_no_folder).insert(taken_[name].begin(), taken_[name].end());
  }
  if (!folders.empty()) {
    return fmt::format(
        "{}: a replay with another --into or pipeline is unfinished; finish that one first, "
        "or delete {} and lose its letters\n",
        path_, *folders.begin());
  }
  if (!of_no_folder.empty()) {
    return fmt::format(
        "{}: {} of its letters were on their way when its replay was broken off, in "
        "a folder {}… that was beside it; move the file back to that folder. If it is gone, "
        "make them wait again: sed -i 's/^{{\"replayed\": true/{{\"replayed\":false/' {}\n",
        path_, of_no_folder.size(), std::filesystem::path(folders_).filename().string(), path_);
  }
  if (std::string fault = mark_as_replayed(finished); !fault.empty()) return fault + "\n";
  for (const std::string& each : done) std::filesystem::remove_all(each, error);
  return "";
}

std::string LetterFile::read(const LetterTargets& targets, const Tell& tell) {
  targets_ = targets;
  if (std::string fault = open(); !fault.empty()) return fault + "\n";
  if (std::string faults = sort_lines(tell); !faults.empty()) return faults;
  if (std::string fault = check_folders(); !fault.empty()) return fault;
  std::error_code error;
  for (const auto& [name, group] : all_) {
    if (group.waiting == 0 && !std::filesystem::exists(group.part.folder, error)) continue;
    groups_.push_back(group);
  }
  return "";
}

std::string LetterFile::mark_as_replayed(const std::set<int64_t>& offsets) const {
  for (const int64_t offset : offsets) {
    const auto at = offset + static_cast<int64_t>(letter::kBegin.size());
    const std::string_view mark = letter::kReplayedMark;
    if (pwrite(fd_, mark.data(), mark.size(), at) != static_cast<ssize_t>(mark.size())) {
      return file_error("cannot mark letters in", path_, errno, FileUse::kWrite);
    }
  }
  return "";
}

void LetterFile::visit_letters(const LetterGroup& group, Mark mark,
                               const std::function<void(const Line&)>& visit) const {
  visit_lines([&](const Line& line) {
    if (line.mark != mark) return;
    const Json json = Json::parse(line.text, nullptr, false);
    if (json.is_discarded()) return;
    auto part = way_of(json, targets_);
    if (!part) return;
    complete(*part);
    if (part->name == group.part.name) visit(line);
  });
}

uint64_t LetterFile::still_waiting(const LetterGroup& group) const {
  uint64_t letters = 0;
  visit_letters(group, Mark::kWaiting, [&](const Line&) { ++letters; });
  return letters;
}

// By its new name the folder is one whose letters are all done, should this end in between.
std::string LetterFile::finish(const LetterGroup& group) const {
  std::error_code error;
  const std::string done = group.part.folder + kDoneSuffix;
  std::filesystem::rename(group.part.folder, done, error);
  if (error) {
    return file_error("cannot rename", group.part.folder, error.value(), FileUse::kWrite);
  }
  std::set<int64_t> offsets;
  visit_letters(group, Mark::kTaken, [&](const Line& line) { offsets.insert(line.offset); });
  if (std::string fault = mark_as_replayed(offsets); !fault.empty()) return fault;
  std::filesystem::remove_all(done, error);
  return error ? file_error("cannot remove", done, error.value(), FileUse::kWrite) : "";
}

}  // namespace penstock::engine
