#include "http/sockets.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string_view>

namespace penstock::engine {
namespace {

struct CloseFolder {
  void operator()(DIR* folder) const { closedir(folder); }
};

bool is_socket(DIR* folder, const char* entry) {
  constexpr std::string_view kSocket = "socket:";
  char target[kSocket.size()];
  return readlinkat(dirfd(folder), entry, target, sizeof(target)) == sizeof(target) &&
         std::string_view(target, sizeof(target)) == kSocket;
}

bool is_tcp(int fd) {
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

// `act` is given a socket on one of these addresses and a copy of its descriptor. Any socket may be
// closed by another thread, and its number be another's: so only the copy is looked at.
template <class Act>
void for_each_socket(const std::vector<BindAddress>& local, Act act) {
  const std::unique_ptr<DIR, CloseFolder> folder(opendir("/proc/self/fd"));
  if (!folder) return;
  while (const dirent* entry = readdir(folder.get())) {
    if (!is_socket(folder.get(), entry->d_name)) continue;
    const int fd = std::atoi(entry->d_name);
    const int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (copy < 0) continue;
    if (is_on_one_of(local, copy)) act(fd, copy);
    close(copy);
  }
}

}  // namespace

void shut_down_sockets(const std::vector<BindAddress>& local) {
  for_each_socket(local, [](int, int copy) { shutdown(copy, SHUT_RDWR); });
}

void close_sockets(const std::vector<BindAddress>& local) {
  for_each_socket(local, [](int fd, int) { close(fd); });
}

}  // namespace penstock::engine
