#include "control_socket.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <fstream>

#include "telemetry/logging.hpp"

namespace penstock::engine {
namespace {

constexpr std::string_view kName = "penstock/control/";
constexpr char kDone = '+', kRefused = '-';
// A reload writes what is on its way first.
constexpr std::chrono::seconds kPatience{120};

// An abstract address (unix(7)): it ends with its process, and its first byte is 0.
socklen_t address_of(pid_t process, sockaddr_un& address) {
  address = {};
  address.sun_family = AF_UNIX;
  const std::string name = fmt::format("{}{}", kName, process);
  std::memcpy(address.sun_path + 1, name.data(), name.size());
  return static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
}

bool may_ask(int connection) {
  ucred peer = {};
  socklen_t size = sizeof(peer);
  if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return false;
  return peer.uid == 0 || peer.uid == geteuid();
}

}  // namespace

ReloadRequest::ReloadRequest(ReloadRequest&& other) noexcept : connection_(other.connection_) {
  other.connection_ = -1;
}

ReloadRequest::~ReloadRequest() {
  if (connection_ >= 0) close(connection_);
}

void ReloadRequest::answer(bool done, const std::string& words) {
  if (connection_ < 0) return;
  const std::string text = (done ? kDone : kRefused) + words;
  for (size_t at = 0; at < text.size();) {
    const ssize_t sent = send(connection_, text.data() + at, text.size() - at, MSG_NOSIGNAL);
    if (sent <= 0) break;  // who asked has gone
    at += static_cast<size_t>(sent);
  }
  close(connection_);
  connection_ = -1;
}

ControlSocket::ControlSocket() {
  sockaddr_un address;
  const socklen_t size = address_of(getpid(), address);
  listener_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (listener_ >= 0 && bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
      listen(listener_, 4) == 0) {
    return;
  }
  log().warn("`penstock reload` cannot reach this engine ({}); SIGHUP can", std::strerror(errno));
  if (listener_ >= 0) close(listener_);
  listener_ = -1;
}

ControlSocket::~ControlSocket() {
  if (listener_ >= 0) close(listener_);
}

ReloadRequest ControlSocket::next() {
  if (listener_ < 0) return {};
  const int connection = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (connection < 0) return {};
  ReloadRequest request(connection);
  if (may_ask(connection)) return request;
  request.answer(false, "only the user that the engine runs as, and root, may ask for a reload");
  return {};
}

std::vector<pid_t> running_engines() {
  std::vector<pid_t> found;
  std::ifstream sockets("/proc/net/unix");
  for (std::string line; std::getline(sockets, line);) {
    const size_t at = line.find("@" + std::string(kName));
    if (at == std::string::npos) continue;
    const char* digits = line.data() + at + 1 + kName.size();
    pid_t process = 0;
    std::from_chars(digits, line.data() + line.size(), process);
    // A connection bears the name of its listener.
    if (process > 0 && (found.empty() || found.back() != process)) found.push_back(process);
  }
  return found;
}

bool ask_to_reload(pid_t process, std::string& words) {
  sockaddr_un address;
  const socklen_t size = address_of(process, address);
  const int connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connection < 0 ||
      connect(connection, reinterpret_cast<const sockaddr*>(&address), size) != 0) {
    words = fmt::format("no engine runs as process {}", process);
    if (connection >= 0) close(connection);
    return false;
  }
  const timeval patience = {kPatience.count(), 0};
  setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  std::string answer;
  std::array<char, 4096> piece;
  for (ssize_t got; (got = read(connection, piece.data(), piece.size())) != 0;) {
    if (got < 0 && errno == EAGAIN) {
      close(connection);
      words = fmt::format("process {} has not answered within {} s; see its log for the outcome",
                          process, kPatience.count());
      return false;
    }
    if (got < 0 && errno != EINTR) break;
    if (got > 0) answer.append(piece.data(), static_cast<size_t>(got));
  }
  close(connection);
  words = answer.empty() ? "the engine ended without an answer; see its log" : answer.substr(1);
  return !answer.empty() && answer[0] == kDone;
}

}  // namespace penstock::engine
