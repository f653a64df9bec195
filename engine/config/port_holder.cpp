#include "config/port_holder.hpp"

#include <fmt/format.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cctype>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

namespace penstock::engine {
namespace {

namespace fs = std::filesystem;

struct Socket {
  unsigned long inode = 0;
  uid_t user = 0;
};

// The columns of /proc/net/tcp: proc_net_tcp.rst of the Linux documentation. State 0A is LISTEN.
std::optional<Socket> listening_socket(const char* table, int port) {
  std::ifstream in(table);
  std::string line;
  std::getline(in, line);  // the heading
  const std::string wanted = fmt::format(":{:04X}", port);
  while (std::getline(in, line)) {
    std::istringstream fields(line);
    std::string slot, local, remote, state, queues, timer, retransmits;
    Socket socket;
    std::string timeout;
    fields >> slot >> local >> remote >> state >> queues >> timer >> retransmits >> socket.user >>
        timeout >> socket.inode;
    if (state == "0A" && local.ends_with(wanted)) return socket;
  }
  return std::nullopt;
}

std::string name_of_process(const fs::path& process) {
  std::string name;
  std::getline(std::ifstream(process / "comm") >> std::ws, name);
  return name;
}

bool has_socket(const fs::path& process, const std::string& wanted) {
  std::error_code error;
  for (fs::directory_iterator each(process / "fd", error), end; !error && each != end;
       each.increment(error)) {
    std::error_code unreadable;
    if (fs::read_symlink(each->path(), unreadable) == wanted) return true;
  }
  return false;
}

uid_t owner_of(const fs::path& process) {
  struct stat of = {};
  return stat(process.c_str(), &of) == 0 ? of.st_uid : static_cast<uid_t>(-1);
}

}  // namespace

PortHolder find_port_holder(int port) {
  std::optional<Socket> socket = listening_socket("/proc/net/tcp", port);
  if (!socket) socket = listening_socket("/proc/net/tcp6", port);
  if (!socket) return {};
  const std::string wanted = fmt::format("socket:[{}]", socket->inode);
  constexpr const char* kOurName = "penstock";
  PortHolder probable;
  std::error_code error;
  for (fs::directory_iterator each("/proc", error), end; !error && each != end;
       each.increment(error)) {
    const std::string id = each->path().filename();
    if (!std::isdigit(static_cast<unsigned char>(id.front()))) continue;
    const std::string name = name_of_process(each->path());
    if (has_socket(each->path(), wanted)) {
      if (id == std::to_string(getpid())) return {" by another listener of this engine", true};
      return {fmt::format(" by {} (process {})", name, id), name == kOurName};
    }
    // Another user's descriptors are not ours to read.
    if (name == kOurName && owner_of(each->path()) == socket->user) {
      probable = {fmt::format(" by {} (probably process {})", name, id), true};
    }
  }
  if (!probable.words.empty()) return probable;
  const passwd* user = getpwuid(socket->user);
  return {
      fmt::format(" by a process of user {}", user ? user->pw_name : std::to_string(socket->user)),
      false};
}

}  // namespace penstock::engine
