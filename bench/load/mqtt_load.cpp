// mqtt_load: simulated machines that publish the documented message by MQTT, QoS 1: to a broker,
// or, with --serve, as a broker to the one who subscribes.
//
// Many messages are under way at a time, so that neither the network's round trip nor this
// program is what a measurement finds. Ends when every message is acknowledged.
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <string>
#include <thread>

#include "arguments.hpp"
#include "load_server.hpp"
#include "messages.hpp"
#include "wire.hpp"

namespace {

using Clock = std::chrono::steady_clock;
using namespace mqtt_load;

int connect_to(const std::string& host, const std::string& port) {
  addrinfo hints = {}, *found = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  if (const int code = getaddrinfo(host.c_str(), port.c_str(), &hints, &found)) {
    throw std::runtime_error(host + ": " + gai_strerror(code));
  }
  const int fd = socket(found->ai_family, found->ai_socktype, 0);
  const int result = connect(fd, found->ai_addr, found->ai_addrlen);
  freeaddrinfo(found);
  if (fd < 0 || result != 0) {
    throw std::runtime_error("cannot connect to " + host + ":" + port + ": " +
                             std::strerror(errno));
  }
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  return fd;
}

std::string connect_packet(const Arguments& arguments) {
  std::string body;
  put_text(body, "MQTT");
  body += '\4';
  const bool login = !arguments.user.empty();
  body += static_cast<char>(0x02 | (login ? 0xC0 : 0));
  body.append("\0\0", 2);  // no keep-alive
  put_text(body, "mqtt-load-" + std::to_string(getpid()));
  if (login) {
    put_text(body, arguments.user);
    put_text(body, arguments.password);
  }
  std::string packet = "\x10";
  put_length(packet, body.size());
  return packet + body;
}

class Publisher {
 public:
  explicit Publisher(const Arguments& arguments)
      : arguments_(arguments),
        messages_(arguments),
        fd_(connect_to(arguments.host, arguments.port)) {
    write_all(connect_packet(arguments));
    read_some(true);
    if (input_.size() < 4 || input_[0] != 0x20 || input_[3] != 0) {
      throw std::runtime_error("the broker refuses the connection");
    }
    input_.erase(0, 4);
  }
  ~Publisher() { close(fd_); }

  // How many were published and acknowledged.
  int64_t run() {
    const auto begin = Clock::now();
    int64_t sent = 0;
    while (acknowledged_ < sent ||
           (!g_stop && (arguments_.points == 0 || sent < arguments_.points))) {
      const int64_t count = g_stop ? 0 : due(sent, Clock::now() - begin);
      output_.clear();
      for (int64_t i = 0; i < count; ++i) put(sent++);
      if (count > 0) write_all(output_);
      read_some(count == 0 && sent - acknowledged_ >= arguments_.window);
      take_acknowledgements();
      if (count == 0) std::this_thread::sleep_for(std::chrono::microseconds(500));
    }
    write_all(std::string("\xE0\0", 2));
    return acknowledged_;
  }

 private:
  int64_t due(int64_t sent, std::chrono::duration<double> running) const {
    int64_t count = arguments_.window - (sent - acknowledged_);
    if (arguments_.points > 0) count = std::min(count, arguments_.points - sent);
    if (arguments_.rate > 0) {
      count = std::min(count, static_cast<int64_t>(running.count() * arguments_.rate) - sent);
    }
    return std::max<int64_t>(count, 0);
  }

  void put(int64_t number) {
    const int64_t now_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                               std::chrono::system_clock::now().time_since_epoch())
                               .count();
    const std::string payload =
        messages_.payload(number, static_cast<uint32_t>(number % 90'000), now_ms);
    put_publish(output_, messages_.topic(number), packet_id(number), payload);
  }

  void write_all(const std::string& text) {
    for (size_t at = 0; at < text.size();) {
      const ssize_t count = write(fd_, text.data() + at, text.size() - at);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) throw std::runtime_error("the connection broke while publishing");
      at += static_cast<size_t>(count);
    }
  }

  void read_some(bool wait) {
    pollfd readable{fd_, POLLIN, 0};
    if (poll(&readable, 1, wait ? 1000 : 0) <= 0) return;
    char buffer[65536];
    const ssize_t count = read(fd_, buffer, sizeof(buffer));
    if (count < 0 && errno == EINTR) return;
    if (count <= 0) throw std::runtime_error("the broker closed the connection");
    input_.append(buffer, static_cast<size_t>(count));
  }

  void take_acknowledgements() {
    size_t at = 0;
    for (; input_.size() - at >= 4; at += 4) {
      if (input_[at] == 0x40) ++acknowledged_;  // PUBACK
    }
    input_.erase(0, at);
  }

  const Arguments arguments_;
  Messages messages_;
  const int fd_;
  std::string output_, input_;
  int64_t acknowledged_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Simulated machines that publish the documented message by MQTT."};
  Arguments arguments;
  app.add_option("--host", arguments.host, "The broker");
  app.add_option("--port", arguments.port, "Its port");
  app.add_option("--user", arguments.user, "User, if the broker needs one");
  app.add_option("--password", arguments.password, "Password");
  app.add_option("--points", arguments.points, "Ends after this many; 0: on SIGINT or SIGTERM");
  app.add_option("--rate", arguments.rate,
                 "Messages a second; 0: as fast as the broker takes them");
  app.add_option("--devices", arguments.devices, "Machines that take turns");
  app.add_option("--window", arguments.window, "Unacknowledged messages under way")
      ->check(CLI::Range(1, 65'535));
  app.add_flag("--compact", arguments.compact, "The gateway's compact message");
  app.add_flag("--serve", arguments.serve, "Be the broker: stream to the first who subscribes");
  app.add_flag("--sessions", arguments.sessions,
               "With --serve: a subscriber that comes back gets again what it did not acknowledge")
      ->needs("--serve");
  app.add_option("--acknowledged", arguments.acknowledged,
                 "With --serve: a file for the numbers of what was acknowledged, a line each")
      ->needs("--serve");
  app.add_flag("--sequence", arguments.sequence, "Adds a member \"seq\" that counts from 0");
  app.add_option("--broken-every", arguments.broken_every, "One of so many is no JSON");
  app.add_option("--refused-every", arguments.refused_every,
                 "One of so many is refused by the database");
  CLI11_PARSE(app, argc, argv);

  for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, [](int) { g_stop = 1; });
  std::signal(SIGPIPE, SIG_IGN);
  try {
    if (arguments.serve) return serve(arguments);
    std::printf("published %lld\n", static_cast<long long>(Publisher(arguments).run()));
    return 0;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "mqtt_load: %s\n", e.what());
    return 1;
  }
}
