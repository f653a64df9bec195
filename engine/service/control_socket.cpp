#include "service/control_socket.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <random>

#include "service/control_address.hpp"
#include "telemetry/logging.hpp"

namespace penstock::engine {
namespace {

using namespace std::chrono_literals;

constexpr int kBacklog = 128;
constexpr size_t kMostWaiting = 16;
constexpr timeval kAnswerPatience = {5, 0};

bool may_ask(int connection) {
  const std::optional<ucred> peer = peer_of(connection);
  return peer && (peer->uid == 0 || peer->uid == geteuid());
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
  setsockopt(connection_, SOL_SOCKET, SO_SNDTIMEO, &kAnswerPatience, sizeof(kAnswerPatience));
  const std::string text = (done ? kReloaded : kNotReloaded) + words;
  for (size_t at = 0; at < text.size();) {
    const ssize_t sent = send(connection_, text.data() + at, text.size() - at, MSG_NOSIGNAL);
    if (sent <= 0) break;  // who asked has gone, or does not read
    at += static_cast<size_t>(sent);
  }
  close(connection_);
  connection_ = -1;
}

// With a random part, since who knows a name can bind it before us.
ControlSocket::ControlSocket() {
  std::random_device random;
  const uint64_t unknown = uint64_t{random()} << 32 | random();
  const ControlAddress address(fmt::format("{}{:016x}", control_prefix(getpid()), unknown));
  listener_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listener_ >= 0 && bind(listener_, address.get(), address.size()) == 0 &&
      listen(listener_, kBacklog) == 0) {
    thread_ = std::thread([this] { run(); });
    return;
  }
  log().warn("`penstock reload` cannot reach this engine ({}); SIGHUP can", std::strerror(errno));
  if (listener_ >= 0) close(listener_);
  listener_ = -1;
}

ControlSocket::~ControlSocket() {
  if (listener_ < 0) return;
  stop_ = true;
  shutdown(listener_, SHUT_RDWR);
  thread_.join();
  close(listener_);
}

void ControlSocket::run() {
  while (!stop_) {
    const int connection = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection >= 0) admit(connection);
    else if (!stop_ && errno != EINTR) std::this_thread::sleep_for(50ms);  // no descriptor is left
  }
}

void ControlSocket::admit(int connection) {
  ReloadRequest request(connection);
  if (!may_ask(connection)) {
    request.answer(false, "only the user that the engine runs as, and root, may ask for a reload");
    return;
  }
  const std::lock_guard lock(mutex_);
  if (waiting_.size() < kMostWaiting) waiting_.push_back(std::move(request));
  else request.answer(false, "too many have asked for a reload; ask again when they are answered");
}

std::vector<ReloadRequest> ControlSocket::take() {
  const std::lock_guard lock(mutex_);
  return std::move(waiting_);
}

}  // namespace penstock::engine
