// The side of `penstock reload`.
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <sstream>
#include <thread>

#include "service/control_address.hpp"
#include "service/control_socket.hpp"

namespace penstock::engine {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto kConnectPatience = 10s;
// A reload drains first.
constexpr auto kPatience = 120s;
constexpr size_t kLongestAnswer = 1 << 20;

// The names of all listeners, whoever owns them; without the 0, which is shown as @ (proc(5)).
std::vector<std::string> names_with(const std::string& prefix) {
  constexpr const char* kListens = "00010000";  // __SO_ACCEPTCON; connections bear the name, too
  std::vector<std::string> found;
  std::ifstream sockets("/proc/self/net/unix");
  for (std::string line; std::getline(sockets, line);) {
    std::istringstream fields(line);
    std::string address, references, protocol, flags, type, state, inode, name;
    fields >> address >> references >> protocol >> flags >> type >> state >> inode >> name;
    if (flags == kListens && name.starts_with("@" + prefix)) found.push_back(name.substr(1));
  }
  return found;
}

// The user that a process runs as.
std::optional<uid_t> user_of(pid_t process) {
  std::ifstream status(fmt::format("/proc/{}/status", process));
  for (std::string word; status >> word;) {
    uid_t real = 0, effective = 0;
    if (word == "Uid:" && status >> real >> effective) return effective;
  }
  return std::nullopt;
}

// Also when its file was replaced by a newer version's.
bool runs_this_program(pid_t process) {
  constexpr std::string_view kReplaced = " (deleted)";
  const auto program = [&](const std::string& link) {
    std::error_code error;
    std::string path = std::filesystem::read_symlink(link, error);
    if (path.ends_with(kReplaced)) path.resize(path.size() - kReplaced.size());
    return path;
  };
  const std::string its = program(fmt::format("/proc/{}/exe", process));
  return !its.empty() && its == program("/proc/self/exe");
}

class Connection {
 public:
  explicit Connection(const std::string& name)
      : fd_(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    const ControlAddress address(name);
    connected_ = fd_ >= 0 && connect(fd_, address.get(), address.size()) == 0;
    is_full_ = !connected_ && errno == EAGAIN;
  }
  ~Connection() {
    if (fd_ >= 0) close(fd_);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Its queue of connections is full.
  bool is_full() const { return is_full_; }
  // Who is at the other end; nothing: nobody.
  std::optional<ucred> peer() const { return connected_ ? peer_of(fd_) : std::nullopt; }

  // False: not all of it came in time.
  bool read_answer(std::string& answer) const {
    const auto deadline = Clock::now() + kPatience;
    std::array<char, 4096> piece;
    while (answer.size() < kLongestAnswer) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
      pollfd readable = {fd_, POLLIN, 0};
      if (left.count() <= 0 || poll(&readable, 1, static_cast<int>(left.count())) == 0)
        return false;
      const ssize_t got = read(fd_, piece.data(), piece.size());
      if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN)) break;
      if (got > 0) answer.append(piece.data(), static_cast<size_t>(got));
    }
    return true;
  }

 private:
  const int fd_;
  bool connected_ = false, is_full_ = false;
};

// Anybody may have a socket of that name.
bool is_believed(const ucred& peer, pid_t process) {
  if (peer.pid != process) return false;
  return peer.uid == 0 || peer.uid == geteuid() || (geteuid() == 0 && peer.uid == user_of(process));
}

Result<std::unique_ptr<Connection>> connect_to(pid_t process) {
  const auto deadline = Clock::now() + kConnectPatience;
  std::string why_not = fmt::format("no engine runs as process {}", process);
  for (bool is_full = true; is_full && Clock::now() < deadline;) {
    is_full = false;
    for (const std::string& name : names_with(control_prefix(process))) {
      if (name.size() >= sizeof(sockaddr_un::sun_path)) continue;
      auto connection = std::make_unique<Connection>(name);
      const std::optional<ucred> peer = connection->peer();
      if (peer && is_believed(*peer, process)) return connection;
      if (peer && peer->pid == process) {
        why_not =
            fmt::format("process {} is another user's; ask as that user, or as root", process);
      }
      is_full = is_full || connection->is_full();
      if (Clock::now() >= deadline) break;
    }
    if (is_full) std::this_thread::sleep_for(10ms);
  }
  return fail(std::move(why_not));
}

}  // namespace

std::vector<pid_t> running_engines() {
  std::set<pid_t> found;
  for (const std::string& name : names_with(std::string(kControlName))) {
    const char* const digits = name.data() + kControlName.size();
    const char* const end = name.data() + name.size();
    pid_t process = 0;
    const auto [stop, code] = std::from_chars(digits, end, process);
    if (code != std::errc() || stop == end || *stop != '/' || !runs_this_program(process)) continue;
    if (geteuid() == 0 || user_of(process) == geteuid()) found.insert(process);
  }
  return {found.begin(), found.end()};
}

Result<std::string> ask_to_reload(pid_t process) {
  const auto engine = connect_to(process);
  if (!engine) return fail(engine.error());
  std::string answer;
  if (!(*engine)->read_answer(answer)) {
    return fail(fmt::format("process {} has not answered within {} s; see its log for the outcome",
                            process, kPatience.count()));
  }
  if (answer.empty()) return fail("the engine ended without an answer; see its log");
  const bool reloaded = answer[0] == kReloaded;
  answer.erase(0, 1);
  if (!reloaded) return fail(std::move(answer));
  return answer;
}

}  // namespace penstock::engine
