#include "load_server.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <vector>

#include "packets.hpp"
#include "wire.hpp"

namespace mqtt_load {
namespace {

using Clock = std::chrono::steady_clock;

int listen_on(const std::string& port) {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  const int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(std::stoi(port)));
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0 ||
      listen(listener, 1) != 0) {
    throw std::runtime_error("cannot listen on port " + port + ": " + std::strerror(errno));
  }
  return listener;
}

class Stream {
 public:
  explicit Stream(const Arguments& arguments)
      : arguments_(arguments),
        packets_(arguments),
        listener_(listen_on(arguments.port)),
        is_acknowledged_(static_cast<size_t>(arguments.points)) {}
  ~Stream() {
    close(fd_);
    close(listener_);
  }

  int run() {
    bool open = wait_for_subscriber();
    packets_.begin(version_);
    begin_ = Clock::now();
    while (open && acknowledged_ < arguments_.points) {
      fill();
      send();
      open = may_send_more() ? read_some() : wait_and_read();
      if (!open || g_stop) open = come_back();
    }
    report();
    // Answers pings until the subscriber leaves for good, or somebody ends us.
    while (open) {
      send();
      open = wait_and_read() && !g_stop;
      if (!open) open = come_back();
    }
    write_acknowledged();
    return wrong_ == 0 && acknowledged_ == arguments_.points ? 0 : 1;
  }

 private:
  void report() const {
    const double seconds = std::chrono::duration<double>(Clock::now() - begin_).count();
    std::printf("sent %lld acknowledged %lld wrong %lld seconds %.3f again %lld\n",
                static_cast<long long>(sent_), static_cast<long long>(acknowledged_),
                static_cast<long long>(wrong_), seconds, static_cast<long long>(again_));
    std::fflush(stdout);
  }

  void write_acknowledged() const {
    if (arguments_.acknowledged.empty()) return;
    std::ofstream file(arguments_.acknowledged);
    for (size_t i = 0; i < is_acknowledged_.size(); ++i) {
      if (is_acknowledged_[i]) file << i << "\n";
    }
  }

  bool accept_one() {
    pollfd somebody{listener_, POLLIN, 0};
    while (!g_stop && poll(&somebody, 1, 100) <= 0) {
    }
    if (g_stop) return false;
    fd_ = accept(listener_, nullptr, nullptr);
    if (fd_ < 0) throw std::runtime_error("nobody came");
    const int on = 1;
    setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    fcntl(fd_, F_SETFL, fcntl(fd_, F_GETFL) | O_NONBLOCK);
    connected_ = subscribed_ = false;
    input_.clear();
    output_.clear();
    output_at_ = 0;
    return true;
  }

  bool wait_for_subscriber() {
    do {
      hang_up();
      if (!accept_one()) return false;
      while (!subscribed_ && wait_and_read()) {
      }
    } while (!subscribed_ && arguments_.sessions && !g_stop);
    return subscribed_;
  }

  void hang_up() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }

  // Of a session: what was not acknowledged goes again, in its order (MQTT-4.4.0-1).
  bool come_back() {
    if (!arguments_.sessions) return false;
    do {
      hang_up();
      if (!accept_one()) return false;
      while (!connected_ && wait_and_read()) {
      }
    } while (!connected_);
    for (int64_t number = oldest_; number < sent_; ++number) {
      if (is_acknowledged_[static_cast<size_t>(number)]) continue;
      output_[packets_.put(output_, number)] |= 0x08;  // DUP
      ++again_;
    }
    return true;
  }

  // Puts the next packets that window, identifiers and rate allow, when all before are on their
  // way.
  void fill() {
    if (output_at_ < output_.size()) return;
    output_.clear();
    output_at_ = 0;
    constexpr int64_t kMost = 2000;
    int64_t count = std::min({kMost, arguments_.window - (sent_ - acknowledged_),
                              arguments_.points - sent_, oldest_ + 65'535 - sent_});
    if (arguments_.rate > 0) {
      const double running = std::chrono::duration<double>(Clock::now() - begin_).count();
      count = std::min(count, static_cast<int64_t>(running * arguments_.rate) - sent_);
    }
    for (; count > 0; --count) packets_.put(output_, sent_++);
  }

  bool may_send_more() const {
    if (output_at_ < output_.size()) return true;
    return arguments_.rate == 0 && sent_ < arguments_.points &&
           sent_ - acknowledged_ < arguments_.window;
  }

  void send() {
    while (output_at_ < output_.size()) {
      const ssize_t count =
          ::send(fd_, output_.data() + output_at_, output_.size() - output_at_, MSG_NOSIGNAL);
      if (count <= 0) return;
      output_at_ += static_cast<size_t>(count);
    }
  }

  bool wait_and_read() {
    pollfd readable{fd_, POLLIN, 0};
    poll(&readable, 1, arguments_.rate > 0 && subscribed_ ? 1 : 100);
    return read_some();
  }

  // False: the subscriber has left.
  bool read_some() {
    char buffer[256 << 10];
    const ssize_t count = read(fd_, buffer, sizeof(buffer));
    if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) return false;
    if (count < 0) {
      if (output_at_ < output_.size()) {
        pollfd both{fd_, POLLIN | POLLOUT, 0};
        poll(&both, 1, 100);
      }
      return true;
    }
    input_.append(buffer, static_cast<size_t>(count));
    size_t at = 0;
    while (take_packet(at)) {
    }
    input_.erase(0, at);
    return true;
  }

  bool take_packet(size_t& at) {
    size_t length = 0, header = 1;
    for (int shift = 0;; shift += 7) {
      if (at + header >= input_.size()) return false;
      const auto byte = static_cast<unsigned char>(input_[at + header++]);
      length |= static_cast<size_t>(byte & 0x7F) << shift;
      if (!(byte & 0x80)) break;
    }
    if (at + header + length > input_.size()) return false;
    handle(static_cast<unsigned char>(input_[at]) >> 4, input_.data() + at + header, length);
    at += header + length;
    return true;
  }

  void handle(int type, const char* body, size_t length) {
    switch (type) {
      case 1: connect(body); break;
      case 8: subscribe(body, length); break;
      case 4:
        acknowledge(static_cast<uint16_t>(static_cast<unsigned char>(body[0]) << 8 |
                                          static_cast<unsigned char>(body[1])));
        break;
      case 12: output_ += std::string("\xD0\0", 2); break;
      default: break;
    }
    send();
  }

  // "MQTT", the version, flags
  void connect(const char* body) {
    version_ = body[6];
    const bool has_session = sent_ > 0;
    if (has_session && body[7] & 0x02) {
      throw std::runtime_error("the subscriber came back without its session");
    }
    output_ += '\x20';  // CONNACK
    output_ += version_ == 5 ? '\3' : '\2';
    output_ += has_session ? '\1' : '\0';
    output_.append(version_ == 5 ? 2 : 1, '\0');
    connected_ = true;
  }

  void subscribe(const char* body, size_t length) {
    size_t at = 2 + (version_ == 5 ? 1 : 0);
    std::string codes;
    while (at + 2 < length) {
      at += 2 +
            (static_cast<size_t>(static_cast<unsigned char>(body[at])) << 8 |
             static_cast<unsigned char>(body[at + 1])) +
            1;
      codes += '\1';
    }
    output_ += '\x90';
    put_length(output_, 2 + (version_ == 5 ? 1 : 0) + codes.size());
    output_.append(body, 2);
    if (version_ == 5) output_ += '\0';
    output_ += codes;
    subscribed_ = true;
  }

  void acknowledge(uint16_t id) {
    const int64_t number = oldest_ + (id + 65'534 - oldest_ % 65'535) % 65'535;
    if (id == 0 || number >= sent_ || is_acknowledged_[static_cast<size_t>(number)]) {
      ++wrong_;
      return;
    }
    is_acknowledged_[static_cast<size_t>(number)] = true;
    ++acknowledged_;
    while (oldest_ < sent_ && is_acknowledged_[static_cast<size_t>(oldest_)]) ++oldest_;
  }

  const Arguments arguments_;
  Packets packets_;
  const int listener_;
  int fd_ = -1;
  std::string output_, input_;
  size_t output_at_ = 0;
  std::vector<bool> is_acknowledged_;  // by number
  Clock::time_point begin_;
  int64_t sent_ = 0, acknowledged_ = 0, wrong_ = 0, again_ = 0;
  int64_t oldest_ = 0;  // all below are acknowledged
  int version_ = 4;
  bool connected_ = false, subscribed_ = false;
};

}  // namespace

int serve(const Arguments& arguments) { return Stream(arguments).run(); }

}  // namespace mqtt_load
