#include "http/listen_socket.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>

namespace penstock::engine {
namespace {

// As many as wait to be accepted in a burst; the kernel's own limit is net.core.somaxconn.
constexpr int kBacklog = 1024;

int bound_socket(const addrinfo& address) {
  const int fd = socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (bind(fd, address.ai_addr, address.ai_addrlen) == 0 && ::listen(fd, kBacklog) == 0) return fd;
  const int error = errno;
  close(fd);
  errno = error;
  return -1;
}

bool is_loopback_address(const addrinfo& address) {
  if (address.ai_family == AF_INET6) {
    return IN6_IS_ADDR_LOOPBACK(&reinterpret_cast<sockaddr_in6*>(address.ai_addr)->sin6_addr);
  }
  const auto* v4 = reinterpret_cast<sockaddr_in*>(address.ai_addr);
  return ntohl(v4->sin_addr.s_addr) >> 24 == 127;
}

int port_of(int fd) {
  sockaddr_storage bound = {};
  socklen_t size = sizeof(bound);
  getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &size);
  return ntohs(bound.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(bound).sin6_port
                                           : reinterpret_cast<sockaddr_in&>(bound).sin_port);
}

}  // namespace

std::shared_ptr<ListenSocket> ListenSocket::open(const std::string& listen, std::string& error) {
  const size_t colon = listen.rfind(':');
  const std::string port = colon == std::string::npos ? "" : listen.substr(colon + 1);
  if (port.empty() || port.find_first_not_of("0123456789") != std::string::npos) {
    error = fmt::format("http.listen: \"{}\" is not host:port, such as 127.0.0.1:8080", listen);
    return nullptr;
  }
  std::string host = listen.substr(0, colon);
  if (host.empty()) host = "0.0.0.0";
  const bool bracketed = host.front() == '[' && host.back() == ']';
  const std::string name = bracketed ? host.substr(1, host.size() - 2) : host;

  addrinfo hints = {}, *found = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  if (const int code = getaddrinfo(name.c_str(), port.c_str(), &hints, &found)) {
    error = fmt::format("http.listen: cannot listen on {}: {}", listen, gai_strerror(code));
    return nullptr;
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owned(found, freeaddrinfo);
  const int fd = bound_socket(*found);
  if (fd < 0) {
    error = fmt::format("http.listen: cannot listen on {}: {}", listen, std::strerror(errno));
    return nullptr;
  }
  std::shared_ptr<ListenSocket> opened(new ListenSocket(listen, fd));
  opened->is_loopback_ = is_loopback_address(*found);
  opened->address_ = fmt::format("{}:{}", host, port_of(fd));
  return opened;
}

ListenSocket::~ListenSocket() { close(fd_); }

int ListenSocket::duplicate() const { return fcntl(fd_, F_DUPFD_CLOEXEC, 0); }

}  // namespace penstock::engine
