#include "lock_holder.hpp"

#include <sys/stat.h>

#include <cstdio>
#include <fstream>

namespace file_sink {

// "1: FLOCK  ADVISORY  WRITE 1234 08:01:131074 0 EOF" (proc_locks(5)). The device is left out:
// some file systems tell another one there than stat does.
std::string lock_holder(int fd) {
  struct stat status = {};
  if (fstat(fd, &status) != 0) return "";
  std::ifstream locks("/proc/locks");
  for (std::string line; std::getline(locks, line);) {
    long pid = 0;
    unsigned long long inode = 0;
    const int read = std::sscanf(line.c_str(), "%*d: FLOCK %*s %*s %ld %*x:%*x:%llu", &pid, &inode);
    if (read == 2 && inode == status.st_ino && pid > 0) return "process " + std::to_string(pid);
  }
  return "";
}

}  // namespace file_sink
