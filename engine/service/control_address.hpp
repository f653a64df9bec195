// What both sides of the control socket agree on.
#pragma once

#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>

#include <cstddef>
#include <cstring>
#include <optional>
#include <string>

namespace penstock::engine {

inline constexpr std::string_view kControlName = "penstock/control/";
// How an answer begins.
inline constexpr char kReloaded = '+', kNotReloaded = '-';

// How the names of a process begin.
inline std::string control_prefix(pid_t process) {
  return std::string(kControlName) + std::to_string(process) + "/";
}

// An abstract address: it ends with its process, and its first byte is 0.
class ControlAddress {
 public:
  // Of at most 107 bytes.
  explicit ControlAddress(const std::string& name)
      : size_(static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size())) {
    address_.sun_family = AF_UNIX;
    std::memcpy(address_.sun_path + 1, name.data(), name.size());
  }

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address_); }
  socklen_t size() const { return size_; }

 private:
  sockaddr_un address_ = {};
  socklen_t size_;
};

// Of a listener's side: who called listen(2). Of the other: who connected (unix(7), SO_PEERCRED).
inline std::optional<ucred> peer_of(int connection) {
  ucred peer = {};
  socklen_t size = sizeof(peer);
  if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return std::nullopt;
  return peer;
}

}  // namespace penstock::engine
