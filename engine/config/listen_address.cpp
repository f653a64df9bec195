#include "config/listen_address.hpp"

#include <arpa/inet.h>
#include <civetweb.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>

#include "config/port_holder.hpp"

namespace penstock::engine {
namespace {

constexpr int kHighestPort = 65535;

const sockaddr_in& v4(const BindAddress& of) {
  return reinterpret_cast<const sockaddr_in&>(of.address);
}
const sockaddr_in6& v6(const BindAddress& of) {
  return reinterpret_cast<const sockaddr_in6&>(of.address);
}

}  // namespace

std::optional<ListenAddress> ListenAddress::parse(const std::string& text, std::string& error) {
  const size_t colon = text.rfind(':');
  // The colons of an IPv6 address stand in brackets, or its last group would be taken for a port.
  const bool bracketed =
      text.starts_with('[') && colon != std::string::npos && colon > 0 && text[colon - 1] == ']';
  if (colon == std::string::npos || (!bracketed && text.find(':') != colon)) {
    error = fmt::format("\"{}\" is not host:port, such as 127.0.0.1:8080 or [::1]:8080", text);
    return std::nullopt;
  }
  ListenAddress address;
  address.host = bracketed ? text.substr(1, colon - 2) : text.substr(0, colon);
  const char* const end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data() + colon + 1, end, address.port);
  if (stop != end || code != std::errc() || address.port < 0 || address.port > kHighestPort) {
    error = fmt::format("\"{}\": the port must be a number from 1 to {}, or 0 for a free one", text,
                        kHighestPort);
    return std::nullopt;
  }
  return address;
}

bool BindAddress::is_loopback() const {
  if (is_ipv6()) return IN6_IS_ADDR_LOOPBACK(&v6(*this).sin6_addr);
  return ntohl(v4(*this).sin_addr.s_addr) >> 24 == 127;
}

bool BindAddress::is_any() const {
  if (is_ipv6()) return IN6_IS_ADDR_UNSPECIFIED(&v6(*this).sin6_addr);
  return v4(*this).sin_addr.s_addr == INADDR_ANY;
}

int BindAddress::port() const {
  return ntohs(is_ipv6() ? v6(*this).sin6_port : v4(*this).sin_port);
}

std::string BindAddress::host() const {
  char text[INET6_ADDRSTRLEN] = {};
  if (!is_ipv6()) {
    inet_ntop(AF_INET, &v4(*this).sin_addr, text, sizeof(text));
    return text;
  }
  inet_ntop(AF_INET6, &v6(*this).sin6_addr, text, sizeof(text));
  return fmt::format("[{}]", text);
}

bool can_listen_on_ipv6() { return mg_check_feature(MG_FEATURES_IPV6) != 0; }

std::optional<BindAddress> resolve_listen_address(const std::string& text, std::string& error) {
  const std::optional<ListenAddress> wanted = ListenAddress::parse(text, error);
  if (!wanted) return std::nullopt;
  addrinfo hints = {}, *found = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  const std::string host = wanted->host.empty() ? "0.0.0.0" : wanted->host;
  if (const int code =
          getaddrinfo(host.c_str(), std::to_string(wanted->port).c_str(), &hints, &found)) {
    error = fmt::format("{}: cannot resolve {}: {}", text, host, gai_strerror(code));
    return std::nullopt;
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owned(found, freeaddrinfo);
  const addrinfo* chosen = found;
  for (const addrinfo* each = found; each; each = each->ai_next) {
    if (each->ai_family == AF_INET) {
      chosen = each;
      break;
    }
  }
  BindAddress address;
  std::memcpy(&address.address, chosen->ai_addr, chosen->ai_addrlen);
  address.size = chosen->ai_addrlen;
  if (address.is_ipv6() && !can_listen_on_ipv6()) {
    error = fmt::format(
        "{}: the CivetWeb library on this machine is built without IPv6 (as Debian 12's is); use "
        "an IPv4 address, such as 0.0.0.0:{}",
        text, wanted->port);
    return std::nullopt;
  }
  return address;
}

std::string why_not_bindable(const std::string& text, bool& held_by_engine) {
  std::string error;
  const std::optional<BindAddress> address = resolve_listen_address(text, error);
  if (!address) return error;
  const int fd = socket(address->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return fmt::format("{}: {}", text, std::strerror(errno));
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  const bool bound =
      bind(fd, reinterpret_cast<const sockaddr*>(&address->address), address->size) == 0 &&
      listen(fd, 1) == 0;
  const int code = bound ? 0 : errno;
  close(fd);
  switch (code) {
    case 0: return "";
    case EADDRINUSE: {
      const PortHolder holder = find_port_holder(address->port());
      held_by_engine = holder.is_engine;
      return fmt::format("{} is in use{}; stop that, or choose another port", text, holder.words);
    }
    case EACCES:
      return fmt::format("{}: this user may not listen on ports below 1024; choose a higher one",
                         text);
    case EADDRNOTAVAIL:
      return fmt::format(
          "{}: this machine does not have the address {}; `ip address` lists its own", text,
          address->host());
    default: return fmt::format("{}: {}", text, std::strerror(code));
  }
}

}  // namespace penstock::engine
