// Opening files that a service reads and writes again for itself: where others may write the
// folder, nobody else decides which file it is, by a symbolic link, a hard link, or a file that was
// there before.
#pragma once

#include <cerrno>
#include <filesystem>
#include <string>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "penstock/file_error.hpp"

namespace penstock {

// "." of a path without a folder.
inline std::string folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

inline bool is_same_file(const struct stat& one, const struct stat& other) {
  return one.st_ino == other.st_ino && one.st_dev == other.st_dev;
}
// Whether `path` surely names another file than the one that was opened, or none.
inline bool names_another(const std::string& path, const struct stat& opened) {
  struct stat there = {};
  if (stat(path.c_str(), &there) != 0) return errno == ENOENT || errno == ENOTDIR;
  return !is_same_file(opened, there);
}

namespace detail {

// This user, or root, who may do everything anyway.
inline bool is_trusted(uid_t user) { return user == geteuid() || user == 0; }

inline bool others_may_write(const struct stat& folder) {
  return (folder.st_mode & (S_IWGRP | S_IWOTH)) != 0 || !is_trusted(folder.st_uid);
}

// Why the file that was opened is not this service's own; "": it is.
inline std::string fault_of_owner(const std::string& path, const struct stat& folder,
                                  const struct stat& file) {
  const std::string begin = path + " is in a folder writable by other users and ";
  // Whom the folder belongs to, and the group that it was opened for, were chosen by its operator.
  const bool chosen = file.st_uid == folder.st_uid || (folder.st_mode & S_IWOTH) == 0;
  if (!is_trusted(file.st_uid) && !chosen) {
    return begin + "belongs to " + user_name(file.st_uid) + ", not to " + user_name(geteuid()) +
           "; remove it, or choose another folder";
  }
  if (S_ISREG(file.st_mode) && file.st_nlink > 1) {
    return begin + "has another hard link; remove it, or choose another folder";
  }
  return "";
}

}  // namespace detail

// As open(2), with O_CLOEXEC. -1: `fault` says in words what others have made of the file, or is
// empty, and errno says why it cannot be opened. Takes four system calls.
inline int open_own_file(const std::string& path, int flags, mode_t mode, std::string& fault) {
  fault.clear();
  struct stat folder = {}, file = {};
  const bool shared =
      stat(folder_of(path).c_str(), &folder) == 0 && detail::others_may_write(folder);
  const int fd = open(path.c_str(), flags | O_CLOEXEC | (shared ? O_NOFOLLOW : 0), mode);
  if (fd < 0 && errno == ELOOP && shared) {
    fault =
        path +
        " is a symbolic link in a folder writable by other users; remove it, or name its target";
  }
  if (fd < 0 || !shared) return fd;
  if (fstat(fd, &file) == 0) fault = detail::fault_of_owner(path, folder, file);
  if (fault.empty()) return fd;
  close(fd);
  errno = EPERM;
  return -1;
}

}  // namespace penstock
