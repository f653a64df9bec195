#include "plugin/trusted_path.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <penstock/file_error.hpp>

#include <cerrno>
#include <filesystem>
#include <vector>

namespace penstock::engine {
namespace {

namespace fs = std::filesystem;

constexpr int kMostLinks = 40;  // as many as the kernel follows (path_resolution(7))

// In a folder that others may write, a sticky one keeps them from replacing what isn't theirs.
std::string fault_of(const fs::path& path, const struct stat& status) {
  if (status.st_uid != 0 && status.st_uid != geteuid()) {
    return fmt::format(
        "{} belongs to user {}, who could change it; make it root's: chown -h root {}",
        path.string(), status.st_uid, path.string());
  }
  const bool has_no_mode = S_ISLNK(status.st_mode);
  const bool is_sticky = S_ISDIR(status.st_mode) && (status.st_mode & S_ISVTX);
  const bool foreign_group = status.st_gid != 0 && status.st_gid != getegid();
  const bool by_group = (status.st_mode & S_IWGRP) && foreign_group;
  if (!has_no_mode && !is_sticky && ((status.st_mode & S_IWOTH) || by_group)) {
    return fmt::format("{} is writable by other users; run: chmod go-w {}", path.string(),
                       path.string());
  }
  return "";
}

// From the root on, so that no one else can change what lies before the part that is looked at.
class Walk {
 public:
  explicit Walk(const fs::path& path) { add(path); }

  TrustedPath run() {
    std::string fault = enter("/");
    while (fault.empty() && !left_.empty()) {
      const fs::path part = std::move(left_.back());
      left_.pop_back();
      if (part == "..") at_ = at_.parent_path();
      else if (!part.empty() && part != ".") fault = enter(at_ / part);
    }
    return {at_.string(), fault};
  }

 private:
  void add(const fs::path& path) {
    if (path.is_absolute()) at_ = "/";
    const fs::path relative = path.relative_path();
    std::vector<fs::path> parts(relative.begin(), relative.end());
    left_.insert(left_.end(), parts.rbegin(), parts.rend());
  }

  std::string enter(const fs::path& path) {
    struct stat status = {};
    if (lstat(path.c_str(), &status) != 0) {
      return file_error("cannot read", path.string(), errno, FileUse::kRead);
    }
    if (std::string fault = fault_of(path, status); !fault.empty()) return fault;
    if (!S_ISLNK(status.st_mode)) {
      at_ = path;
      return "";
    }
    std::error_code error;
    const fs::path target = fs::read_symlink(path, error);
    if (error || ++links_ > kMostLinks) {
      return fmt::format("cannot follow the symbolic link {}", path.string());
    }
    add(target);
    return "";
  }

  fs::path at_ = "/";
  std::vector<fs::path> left_;  // the next one last
  int links_ = 0;
};

}  // namespace

TrustedPath trusted_path(const std::string& path) { return Walk(fs::absolute(path)).run(); }

}  // namespace penstock::engine
