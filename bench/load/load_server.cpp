#include "load_server.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <bitset>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <thread>
#include <vector>

#include "message_template.hpp"
#include "spoil.hpp"
#include "wire.hpp"

namespace mqtt_load {
namespace {

using Clock = std::chrono::steady_clock;
using generator_source::MessageFormat;
using generator_source::MessageTemplate;

int accept_one(const std::string& port) {
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
  const int fd = accept(listener, nullptr, nullptr);
  close(listener);
  if (fd < 0) throw std::runtime_error("nobody came");
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  return fd;
}

class Stream {
 public:
  explicit Stream(const Arguments& arguments)
      : arguments_(arguments), fd_(accept_one(arguments.port)) {
    const auto format = arguments.compact ? MessageFormat::kCompact : MessageFormat::kDocumented;
    for (int64_t i = 1; i <= arguments.devices; ++i) templates_.emplace_back(format, i);
  }
  ~Stream() { close(fd_); }

  int run() {
    while (!subscribed_ && wait_and_read()) {
    }
    encode();
    begin_ = Clock::now();
    bool open = true;
    while (open && !g_stop && (acknowledged_ < sent_ || sent_ < arguments_.points)) {
      fill();
      send();
      open = may_send_more() ? read_some() : wait_and_read();
    }
    const double seconds = std::chrono::duration<double>(Clock::now() - begin_).count();
    std::printf("sent %lld acknowledged %lld wrong %lld seconds %.3f\n",
                static_cast<long long>(sent_), static_cast<long long>(acknowledged_),
                static_cast<long long>(wrong_), seconds);
    std::fflush(stdout);
    // Answers pings until the subscriber leaves or somebody ends us.
    while (open && !g_stop) {
      send();
      open = wait_and_read();
    }
    return wrong_ == 0 && acknowledged_ == arguments_.points ? 0 : 1;
  }

 private:
  // Messages as packets, made once: only their identifiers change.
  void encode() {
    constexpr int kPackets = 1000;
    for (int i = 0; i < kPackets; ++i) {
      MessageTemplate& device = templates_[static_cast<size_t>(i) % templates_.size()];
      const std::string payload =
          spoilt(std::string(device.fill(static_cast<uint32_t>(i * 89), now_ms())), i, arguments_);
      const size_t start = encoded_.size();
      encoded_ += '\x32';  // PUBLISH, QoS 1
      const size_t properties = version_ == 5 ? 1 : 0;
      put_length(encoded_, 2 + device.topic().size() + 2 + properties + payload.size());
      put_text(encoded_, device.topic());
      id_at_.push_back(encoded_.size() - start);
      encoded_.append(2 + properties, '\0');
      time_at_.push_back(encoded_.size() - start);
      encoded_ += payload;
      starts_.push_back(start);
    }
    starts_.push_back(encoded_.size());
  }

  static int64_t now_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  }

  // Puts the next packets that window and rate allow, when all before are on their way.
  void fill() {
    if (output_at_ < output_.size()) return;
    output_.clear();
    output_at_ = 0;
    constexpr int64_t kMost = 2000;
    int64_t count =
        std::min({kMost, arguments_.window - (sent_ - acknowledged_), arguments_.points - sent_});
    if (arguments_.rate > 0) {
      const double running = std::chrono::duration<double>(Clock::now() - begin_).count();
      count = std::min(count, static_cast<int64_t>(running * arguments_.rate) - sent_);
    }
    for (; count > 0; --count) put_packet();
  }

  bool may_send_more() const {
    if (output_at_ < output_.size()) return true;
    return arguments_.rate == 0 && sent_ < arguments_.points &&
           sent_ - acknowledged_ < arguments_.window;
  }

  void put_packet() {
    const size_t at = static_cast<size_t>(sent_) % id_at_.size();
    const size_t start = starts_[at], end = starts_[at + 1], to = output_.size();
    output_.append(encoded_, start, end - start);
    const auto id = static_cast<uint16_t>(sent_ % 65'535 + 1);
    output_[to + id_at_[at]] = static_cast<char>(id >> 8);
    output_[to + id_at_[at] + 1] = static_cast<char>(id & 0xFF);
    if (arguments_.rate > 0) {
      // The time at which it is sent, for measuring how long it is under way.
      MessageTemplate& device = templates_[at % templates_.size()];
      const std::string_view payload = device.fill(static_cast<uint32_t>(at * 89), now_ms());
      std::memcpy(output_.data() + to + time_at_[at], payload.data(), payload.size());
    }
    under_way_.set(id);
    ++sent_;
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
      case 1:  // CONNECT: "MQTT", then the version
        version_ = body[6];
        output_ +=
            version_ == 5 ? std::string("\x20\x03\0\0\0", 5) : std::string("\x20\x02\0\0", 4);
        break;
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
    if (under_way_.test(id)) ++acknowledged_;
    else ++wrong_;
    under_way_.reset(id);
  }

  const Arguments arguments_;
  const int fd_;
  std::vector<MessageTemplate> templates_;
  std::string encoded_, output_, input_;
  std::vector<size_t> starts_, id_at_, time_at_;
  size_t output_at_ = 0;
  std::bitset<65'536> under_way_;
  Clock::time_point begin_;
  int64_t sent_ = 0, acknowledged_ = 0, wrong_ = 0;
  int version_ = 4;
  bool subscribed_ = false;
};

}  // namespace

int serve(const Arguments& arguments) { return Stream(arguments).run(); }

}  // namespace mqtt_load
