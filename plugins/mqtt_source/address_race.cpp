#include "address_race.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

namespace mqtt_source {
namespace {

using RaceClock = std::chrono::steady_clock;

// RFC 8305 §5, Connection Attempt Delay.
constexpr auto kAttemptDelay = std::chrono::milliseconds(250);

constexpr const char* kSilent = "no answer in time";

// An attempt to connect to one address of the host.
struct Runner {
  const addrinfo* address;
  int fd = -1;
  std::string error;  // empty: not begun, or in progress
};

class Race {
 public:
  explicit Race(const addrinfo* found) {
    // In the resolver's order (RFC 6724), alternating between the families (RFC 8305 §4).
    std::vector<const addrinfo*> same, other;
    for (const addrinfo* each = found; each; each = each->ai_next) {
      (each->ai_family == found->ai_family ? same : other).push_back(each);
    }
    for (size_t i = 0; i < std::max(same.size(), other.size()); ++i) {
      if (i < same.size()) runners_.push_back({same[i], -1, ""});
      if (i < other.size()) runners_.push_back({other[i], -1, ""});
    }
  }
  ~Race() {
    for (const Runner& each : runners_) {
      if (each.fd >= 0) ::close(each.fd);
    }
  }
  Race(const Race&) = delete;
  Race& operator=(const Race&) = delete;

  int run(RaceClock::time_point deadline, int wake_fd, std::string& error) {
    RaceClock::time_point next_start = RaceClock::now();
    while (true) {
      const auto now = RaceClock::now();
      if (now >= deadline) break;
      if (begun_ < runners_.size() && (now >= next_start || under_way() == 0)) {
        begin(runners_[begun_++]);
        next_start = now + kAttemptDelay;
        continue;
      }
      if (under_way() == 0) break;
      const auto until = begun_ < runners_.size() ? std::min(next_start, deadline) : deadline;
      if (!wait(until, wake_fd)) {
        error = "stopped";
        return -1;
      }
      if (const int fd = winner(); fd >= 0) return fd;
    }
    error = errors();
    return -1;
  }

 private:
  size_t under_way() const {
    return static_cast<size_t>(std::count_if(runners_.begin(), runners_.end(),
                                             [](const Runner& each) { return each.fd >= 0; }));
  }

  static void begin(Runner& runner) {
    const addrinfo& to = *runner.address;
    runner.fd = socket(to.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (runner.fd < 0) {
      runner.error = std::strerror(errno);
      return;
    }
    const int on = 1;
    setsockopt(runner.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    if (connect(runner.fd, to.ai_addr, to.ai_addrlen) != 0 && errno != EINPROGRESS) {
      give_up(runner, errno);
    }
  }

  static void give_up(Runner& runner, int code) {
    runner.error = std::strerror(code);
    ::close(runner.fd);
    runner.fd = -1;
  }

  // False: `wake_fd` became readable.
  bool wait(RaceClock::time_point until, int wake_fd) {
    std::vector<pollfd> polled = {{wake_fd, POLLIN, 0}};
    for (const Runner& each : runners_) {
      if (each.fd >= 0) polled.push_back({each.fd, POLLOUT, 0});
    }
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(until - RaceClock::now()).count();
    poll(polled.data(), polled.size(), static_cast<int>(std::max<int64_t>(left, 0)) + 1);
    return polled[0].revents == 0;
  }

  // The socket of one that is connected; -1: none is.
  int winner() {
    for (Runner& each : runners_) {
      pollfd polled = {each.fd, POLLOUT, 0};
      if (each.fd < 0 || poll(&polled, 1, 0) <= 0) continue;
      int code = 0;
      socklen_t size = sizeof(code);
      getsockopt(each.fd, SOL_SOCKET, SO_ERROR, &code, &size);
      if (code == 0) return std::exchange(each.fd, -1);
      give_up(each, code);
    }
    return -1;
  }

  // Why each failed; with the addresses where the reasons differ.
  std::string errors() const {
    std::vector<std::pair<std::string, std::string>> all;
    bool differ = false;
    for (const Runner& each : runners_) {
      char name[NI_MAXHOST] = "";
      getnameinfo(each.address->ai_addr, each.address->ai_addrlen, name, sizeof(name), nullptr, 0,
                  NI_NUMERICHOST);
      all.emplace_back(name, each.error.empty() ? kSilent : each.error);
      differ = differ || all.back().second != all.front().second;
    }
    if (!differ) return all.front().second;
    std::string text;
    for (const auto& [name, why] : all) {
      text.append(text.empty() ? "" : ", ").append(name).append(": ").append(why);
    }
    return text;
  }

  std::vector<Runner> runners_;
  size_t begun_ = 0;
};

}  // namespace

int connect_to_first(const std::string& host, const std::string& port,
                     RaceClock::time_point deadline, int wake_fd, std::string& error) {
  addrinfo hints = {}, *found = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  if (const int code = getaddrinfo(host.c_str(), port.c_str(), &hints, &found)) {
    error = "cannot look up " + host + ": " + gai_strerror(code);
    return -1;
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owned(found, freeaddrinfo);
  return Race(found).run(deadline, wake_fd, error);
}

}  // namespace mqtt_source
