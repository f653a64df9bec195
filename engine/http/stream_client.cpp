// The client's side of an answer that goes on. CivetWeb's mg_read waits until its buffer is full
// (civetweb.c, pull_all), which here would be for ever.
#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "http/address.hpp"
#include "http/get.hpp"

namespace penstock::engine {
namespace {

class Socket {
 public:
  ~Socket() {
    if (fd_ >= 0) close(fd_);
  }
  Socket() = default;
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  // Empty when connected, else why not.
  std::string connect_to(const HttpAddress& address) {
    addrinfo hints = {}, *found = nullptr;
    hints.ai_socktype = SOCK_STREAM;
    const std::string port = std::to_string(address.port);
    if (const int code = getaddrinfo(address.host.c_str(), port.c_str(), &hints, &found)) {
      return gai_strerror(code);
    }
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owned(found, freeaddrinfo);
    std::string error = "no address";
    for (const addrinfo* each = found; each; each = each->ai_next) {
      if (fd_ >= 0) close(fd_);
      fd_ = socket(each->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
      if (fd_ >= 0 && connect(fd_, each->ai_addr, each->ai_addrlen) == 0) return "";
      error = std::strerror(errno);
    }
    return error;
  }
  bool write(std::string_view text) const {
    return send(fd_, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
  }
  // Empty at the end.
  std::string_view read() {
    ssize_t got;
    do {
      got = recv(fd_, piece_.data(), piece_.size(), 0);
    } while (got < 0 && errno == EINTR);
    return {piece_.data(), got > 0 ? static_cast<size_t>(got) : 0};
  }

 private:
  int fd_ = -1;
  std::array<char, 16 << 10> piece_;
};

}  // namespace

HttpAnswer http_stream(const std::string& url, const std::function<bool(std::string_view)>& take) {
  HttpAddress address;
  if (!address.parse(url)) return {0, HttpAddress::fault(url)};
  Socket socket;
  if (std::string error = socket.connect_to(address); !error.empty()) {
    return {0, fmt::format("{}: {}", url, error)};
  }
  socket.write(fmt::format("GET {} HTTP/1.1\r\nHost: {}:{}\r\nConnection: close\r\n\r\n",
                           address.path, address.host, address.port));
  std::string head;
  size_t end = std::string::npos;
  while ((end = head.find("\r\n\r\n")) == std::string::npos) {
    const std::string_view piece = socket.read();
    if (piece.empty()) return {0, fmt::format("{}: it ended without an answer", url)};
    head += piece;
  }
  HttpAnswer answer;
  answer.status = std::atoi(head.c_str() + std::min(head.size(), head.find(' ')));
  std::string body = head.substr(end + 4);
  const bool well = answer.status / 100 == 2;
  if (well && !body.empty() && !take(body)) return answer;
  for (std::string_view piece; !(piece = socket.read()).empty();) {
    if (!well) body += piece;
    else if (!take(piece)) return answer;
  }
  if (!well) answer.body = body;
  return answer;
}

}  // namespace penstock::engine
