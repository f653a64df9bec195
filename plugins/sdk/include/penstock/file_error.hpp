// What is wrong with a file or folder, in words that help its operator: who lacks which right, and
// the command that mends it.
#pragma once

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace penstock {

enum class FileUse {
  kRead,   // of a file, or of a folder's entries
  kWrite,  // of a file, which may have to be made
};

// The file itself, or the nearest folder above it that is there.
inline std::filesystem::path nearest_existing(std::filesystem::path path) {
  std::error_code error;
  while (!std::filesystem::exists(path, error) && path.has_relative_path()) {
    path = path.parent_path();
  }
  return path;
}

namespace detail {

inline std::string user_name(uid_t user) {
  passwd entry = {};
  passwd* found = nullptr;
  char buffer[4096];
  const bool known = getpwuid_r(user, &entry, buffer, sizeof(buffer), &found) == 0 && found;
  return known ? found->pw_name : std::to_string(user);
}

inline std::string group_name(gid_t group) {
  ::group entry = {};
  ::group* found = nullptr;
  char buffer[4096];
  const bool known = getgrgid_r(group, &entry, buffer, sizeof(buffer), &found) == 0 && found;
  return known ? found->gr_name : std::to_string(group);
}

// The first folder on the way to `path` that this user may not enter, or nothing.
inline std::filesystem::path closed_folder(const std::filesystem::path& path) {
  std::filesystem::path folder;
  std::error_code error;
  for (const auto& part : path.parent_path()) {
    folder /= part;
    if (std::filesystem::is_directory(folder, error) && access(folder.c_str(), X_OK) != 0) {
      return folder;
    }
  }
  return {};
}

// Who may not do what, and what changes that.
inline std::string missing_right(const std::string& path, FileUse use) {
  const std::string user = user_name(geteuid());
  const auto absolute = std::filesystem::absolute(path);
  if (const auto closed = closed_folder(absolute); !closed.empty()) {
    return "user " + user + " may not enter " + closed.string() + "; run: chmod o+x " +
           closed.string();
  }
  const auto at = nearest_existing(absolute);
  std::error_code ignored;
  const bool folder = std::filesystem::is_directory(at, ignored);
  struct stat status = {};
  const std::string owner =
      stat(at.c_str(), &status) == 0 ? ", which belongs to " + user_name(status.st_uid) : "";
  if (use == FileUse::kRead) {
    return "user " + user + " may not read " + at.string() + owner + "; run: chgrp " +
           group_name(getegid()) + " " + at.string() + " && chmod g+r" + (folder ? "x " : " ") +
           at.string();
  }
  return "user " + user + " may not " + (folder ? "create files in " : "write ") + at.string() +
         owner + "; run: chown " + user + " " + at.string();
}

}  // namespace detail

// Why a use of `path` failed with `error` (errno), and what changes that: "Permission denied: user
// penstock may not …". Takes some system calls: for messages, not for a message's way.
inline std::string file_fault(const std::string& path, int error, FileUse use) {
  std::error_code ignored;
  const std::string text = std::strerror(error);
  const auto folder = std::filesystem::absolute(path, ignored).parent_path();
  switch (error) {
    case EACCES:
    case EPERM: return text + ": " + detail::missing_right(path, use);
    case ENOENT:
      if (use == FileUse::kRead || std::filesystem::exists(folder, ignored)) return text;
      return text + ": there is no folder " + folder.string() + "; run: mkdir -p " +
             folder.string();
    case ENOTDIR:
      if (std::filesystem::exists(path, ignored)) return text + "; name a folder";
      return text + ": a part of the path is a file; choose another path";
    case EISDIR: return text + "; name a file in it";
    case EROFS:
      return text +
             "; choose a folder that can be written (under systemd: StateDirectory= or "
             "ReadWritePaths= in the unit)";
    case ENOSPC:
    case EDQUOT: return text + "; free space on the disk of " + nearest_existing(folder).string();
    case EMFILE:
      return text + "; raise the limit of open files (LimitNOFILE= in the unit, ulimit -n)";
    default: return text;
  }
}

// The same with what was tried: "cannot open /x: …".
inline std::string file_error(const std::string& what, const std::string& path, int error,
                              FileUse use) {
  return what + " " + path + ": " + file_fault(path, error, use);
}

// "" if `path` is a file that can be read, else what is wrong with it.
inline std::string fault_of_file(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return path + " is a folder; name a file in it";
  if (access(path.c_str(), R_OK) == 0) return "";
  return file_error("cannot read", path, errno, FileUse::kRead);
}

}  // namespace penstock
