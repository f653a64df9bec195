// What is wrong with a file or folder, in words that help its operator: who lacks which right, and
// the command that mends it.
#pragma once

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <string>

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace penstock {

enum class FileUse {
  kRead,   // of a file, or of a folder's entries
  kWrite,  // of a file, which may have to be made
  kFill,   // of a folder, which may have to be made, with files
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

// "/", "/var", "/var/lib": a change of its rights would change the machine for everybody.
inline bool is_of_system(const std::filesystem::path& folder) {
  const auto parts = std::distance(folder.begin(), folder.end());  // with the root
  if (parts <= 2) return true;
  const std::string first = std::next(folder.begin())->string();
  for (const char* each :
       {"bin", "boot", "dev", "etc", "lib", "proc", "run", "sys", "usr", "var"}) {
    if (first == each) return parts <= 3;
  }
  return false;
}

inline std::string owner_of(const std::filesystem::path& path) {
  struct stat status = {};
  return stat(path.c_str(), &status) == 0 ? user_name(status.st_uid) : "";
}

inline std::string as_owner(const std::string& owner) {
  return "run as " + (owner.empty() ? "another user" : owner) + ", or choose another path";
}

inline std::string make_folder(const std::filesystem::path& folder) {
  const auto above = nearest_existing(folder);
  if (access(above.c_str(), W_OK | X_OK) == 0) return "run: mkdir -p " + folder.string();
  return "run: sudo install -d -o " + user_name(geteuid()) + " " + folder.string();
}

// What gives `user` the right to use `at`, which is what was named.
inline std::string grant(const std::filesystem::path& at, const std::string& user,
                         const std::string& owner, FileUse use) {
  std::error_code ignored;
  const bool folder = std::filesystem::is_directory(at, ignored);
  if (folder && is_of_system(at)) return as_owner(owner);
  const std::string rights = use == FileUse::kRead ? folder ? "rx " : "r " : folder ? "wx " : "w ";
  if (owner == user) return "run: chmod u+" + rights + at.string();
  if (use != FileUse::kRead) return "run: sudo chown " + user + " " + at.string();
  return "run: sudo chgrp " + group_name(getegid()) + " " + at.string() + " && sudo chmod g+" +
         rights + at.string();
}

// Who may not do what, and what changes that. Only for what was named is a change of its rights
// advised: what lies above it is others', too.
inline std::string missing_right(const std::string& path, FileUse use) {
  const std::string user = user_name(geteuid());
  const auto tell = [&](const char* what, const std::filesystem::path& at) {
    const std::string owner = owner_of(at);
    return "user " + user + " may not " + what + at.string() +
           (owner.empty() ? "" : ", which belongs to " + owner) + "; ";
  };
  auto named = std::filesystem::absolute(path);
  if (!named.has_filename()) named = named.parent_path();
  if (const auto closed = closed_folder(named); !closed.empty()) {
    const std::string owner = owner_of(closed);
    return tell("enter ", closed) +
           (owner == user ? "run: chmod u+x " + closed.string() : as_owner(owner));
  }
  auto at = nearest_existing(named);
  // What can be written itself cannot be renamed or made.
  const bool ok = at == named && use == FileUse::kWrite && access(at.c_str(), W_OK) == 0;
  if (ok && at.has_relative_path()) at = at.parent_path();
  std::error_code ignored;
  const bool folder = std::filesystem::is_directory(at, ignored);
  const std::string told = tell(use == FileUse::kRead ? "read "
                                : folder              ? "create files in "
                                                      : "write ",
                                at);
  const std::string owner = owner_of(at);
  const auto wanted = use == FileUse::kFill ? named : named.parent_path();
  const bool own = owner == user && at == wanted;
  if (at == named || own) return told + grant(at, user, owner, use);
  if (use == FileUse::kRead || at == wanted) return told + as_owner(owner);
  return told + make_folder(wanted);
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
      return text + ": there is no folder " + folder.string() + "; " + detail::make_folder(folder);
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

// "" if there can be a file or folder at `path`, else what keeps Linux from it whoever asks: a name
// that is too long, a link that points to itself.
inline std::string fault_of_path(const std::string& path) {
  constexpr std::size_t kMostBytes = 255;  // of a name, NAME_MAX
  std::error_code ignored;
  const auto whole = std::filesystem::absolute(path, ignored);
  for (const auto& part : whole) {
    const std::size_t bytes = part.string().size();
    if (bytes <= kMostBytes) continue;
    return "has a name of " + std::to_string(bytes) + " bytes, more than the " +
           std::to_string(kMostBytes) + " that a file system takes; choose a shorter one";
  }
  struct stat status = {};
  const int error = stat(path.c_str(), &status) == 0 ? 0 : errno;
  if (error == ENAMETOOLONG) return "is longer than a path may be; choose a shorter one";
  if (error != ELOOP) return "";
  return path +
         " leads through a symbolic link that points back to itself; remove that link, or "
         "choose another path";
}

// The first symbolic link on the way to `path`, or `path` itself, that points to nothing; or
// nothing. No folder can be made in its place.
inline std::filesystem::path dangling_link(const std::filesystem::path& path) {
  std::error_code ignored;
  std::filesystem::path at;
  for (const auto& part : std::filesystem::absolute(path, ignored)) {
    at /= part;
    struct stat status = {};
    if (lstat(at.c_str(), &status) != 0) return {};
    if (S_ISLNK(status.st_mode) && stat(at.c_str(), &status) != 0 && errno == ENOENT) return at;
  }
  return {};
}

// "/x is a symbolic link to /y, which does not exist; create that, or choose another path"
inline std::string tell_dangling(const std::filesystem::path& link) {
  std::error_code ignored;
  return link.string() + " is a symbolic link to " +
         std::filesystem::read_symlink(link, ignored).string() +
         ", which does not exist; create that, or choose another path";
}

// "" if `path` is a file that can be read, else what is wrong with it.
inline std::string fault_of_file(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return path + " is a folder; name a file in it";
  if (access(path.c_str(), R_OK) == 0) return "";
  return file_error("cannot read", path, errno, FileUse::kRead);
}

}  // namespace penstock
