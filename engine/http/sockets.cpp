#include "http/sockets.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

namespace penstock::engine {
namespace {

struct CloseFolder {
  void operator()(DIR* folder) const { closedir(folder); }
};

bool is_tcp(int fd) {
  struct stat what = {};
  if (fstat(fd, &what) != 0 || !S_ISSOCK(what.st_mode)) return false;
  int protocol = 0;
  socklen_t size = sizeof(protocol);
  return getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &size) == 0 && protocol == IPPROTO_TCP;
}

bool is_on(const BindAddress& wanted, const BindAddress& bound) {
  return bound.port() == wanted.port() &&
         (wanted.is_any() ||
          (bound.is_ipv6() == wanted.is_ipv6() && bound.host() == wanted.host()));
}

bool is_on_one_of(const std::vector<BindAddress>& local, int fd) {
  if (!is_tcp(fd)) return false;
  BindAddress bound;
  bound.size = sizeof(bound.address);
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&bound.address), &bound.size) != 0) return false;
  return std::any_of(local.begin(), local.end(),
                     [&](const BindAddress& each) { return is_on(each, bound); });
}

template <class Act>
void for_each_socket(const std::vector<BindAddress>& local, Act act) {
  const std::unique_ptr<DIR, CloseFolder> folder(opendir("/proc/self/fd"));
  if (!folder) return;
  while (const dirent* entry = readdir(folder.get())) {
    const int fd = std::atoi(entry->d_name);
    if (is_on_one_of(local, fd)) act(fd);
  }
}

}  // namespace

void shut_down_sockets(const std::vector<BindAddress>& local) {
  for_each_socket(local, [&](int fd) {
    // Between the look and the deed it may be closed, and the number be another's: so the look is
    // repeated on a descriptor of our own.
    const int ours = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (ours < 0) return;
    if (is_on_one_of(local, ours)) shutdown(ours, SHUT_RDWR);
    close(ours);
  });
}

void close_sockets(const std::vector<BindAddress>& local) {
  for_each_socket(local, [](int fd) { close(fd); });
}

}  // namespace penstock::engine
