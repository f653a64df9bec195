#include "config/listen_address.hpp"

#include <arpa/inet.h>
#include <civetweb.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <strings.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>
#include <string_view>

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

// As a resolver reads it, such a name is an IPv4 address or nothing: no domain ends in a number.
bool ends_in_a_number(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  const std::string_view last = host.substr(host.rfind('.') + 1);  // npos + 1 is 0
  const bool is_hex = last.starts_with("0x") || last.starts_with("0X");
  return !last.empty() && std::all_of(last.begin() + (is_hex ? 2 : 0), last.end(), [&](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return is_hex ? std::isxdigit(byte) : std::isdigit(byte);
  });
}

std::string fault_of_host(const std::string& host, bool bracketed) {
  const auto has = [&](auto&& is) {
    return std::any_of(host.begin(), host.end(),
                       [&](char c) { return is(static_cast<unsigned char>(c)); });
  };
  if (has([](unsigned char c) { return std::isspace(c); }))
    return "has white space in its host; remove it";
  if (has([](unsigned char c) { return std::iscntrl(c); })) {
    return "has a control character in its host; remove it";
  }
  if (bracketed && host.empty()) {
    return "has no address in its brackets; write [::] for every address";
  }
  in_addr ignored = {};
  if (!bracketed && ends_in_a_number(host) && inet_aton(host.c_str(), &ignored) == 0) {
    return "has a host that is not an IPv4 address; write four numbers from 0 to 255, such as "
           "127.0.0.1:8080";
  }
  return "";
}

std::string quoted(const std::string& text) { return fmt::format("\"{}\"", text); }

struct FreeAddresses {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};

// The first IPv4 address or, where there is none, the first IPv6 one. Not 0: `getaddrinfo`'s code.
int resolve(const ListenAddress& wanted, int flags, BindAddress& address) {
  addrinfo hints = {}, *found = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV | flags;
  const std::string host = wanted.host.empty() ? "0.0.0.0" : wanted.host;
  if (const int code =
          getaddrinfo(host.c_str(), std::to_string(wanted.port).c_str(), &hints, &found)) {
    return code;
  }
  const std::unique_ptr<addrinfo, FreeAddresses> owned(found);
  const addrinfo* chosen = found;
  for (const addrinfo* each = found; each; each = each->ai_next) {
    if (each->ai_family == AF_INET) {
      chosen = each;
      break;
    }
  }
  std::memcpy(&address.address, chosen->ai_addr, chosen->ai_addrlen);
  address.size = chosen->ai_addrlen;
  return 0;
}

// ::ffff:127.0.0.1 is 127.0.0.1 (RFC 4291 §2.5.5.2); a socket for IPv6 only cannot have it.
void unmap(BindAddress& address) {
  if (!address.is_ipv6() || !IN6_IS_ADDR_V4MAPPED(&v6(address).sin6_addr)) return;
  sockaddr_in plain = {};
  plain.sin_family = AF_INET;
  plain.sin_port = v6(address).sin6_port;
  std::memcpy(&plain.sin_addr, v6(address).sin6_addr.s6_addr + 12, sizeof(plain.sin_addr));
  address = {};
  std::memcpy(&address.address, &plain, sizeof(plain));
  address.size = sizeof(plain);
}

}  // namespace

Result<ListenAddress> ListenAddress::parse(const std::string& text) {
  const size_t colon = text.rfind(':');
  // The colons of an IPv6 address are in brackets, or its last group would be taken for a port.
  const bool bracketed =
      text.starts_with('[') && colon != std::string::npos && colon > 0 && text[colon - 1] == ']';
  if (colon == std::string::npos || (!bracketed && text.find(':') != colon)) {
    return fail(
        fmt::format("{} is not host:port, such as 127.0.0.1:8080 or [::1]:8080", quoted(text)));
  }
  ListenAddress address;
  address.host = bracketed ? text.substr(1, colon - 2) : text.substr(0, colon);
  const char* const end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data() + colon + 1, end, address.port);
  if (stop != end || code != std::errc() || address.port < 0 || address.port > kHighestPort) {
    return fail(fmt::format("{}: the port must be a number from 1 to {}, or 0 for a free one",
                            quoted(text), kHighestPort));
  }
  if (const std::string fault = fault_of_host(address.host, bracketed); !fault.empty()) {
    return fail(fmt::format("{} {}", quoted(text), fault));
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

bool BindAddress::overlaps(const BindAddress& other) const {
  if (port() != other.port() || port() == 0) return false;
  // One socket of CivetWeb's for every IPv6 address takes the IPv4 ones, too.
  if ((is_ipv6() && is_any()) || (other.is_ipv6() && other.is_any())) return true;
  if (is_ipv6() != other.is_ipv6()) return false;
  if (is_any() || other.is_any()) return true;
  if (!is_ipv6()) return v4(*this).sin_addr.s_addr == v4(other).sin_addr.s_addr;
  return IN6_ARE_ADDR_EQUAL(&v6(*this).sin6_addr, &v6(other).sin6_addr) &&
         v6(*this).sin6_scope_id == v6(other).sin6_scope_id;
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

std::optional<BindAddress> fixed_listen_address(const ListenAddress& wanted) {
  ListenAddress numeric = wanted;
  // RFC 6761 §6.3: always the loopback address, without asking a name server.
  if (strcasecmp(wanted.host.c_str(), "localhost") == 0) numeric.host = "127.0.0.1";
  BindAddress address;
  if (resolve(numeric, AI_NUMERICHOST, address) != 0) return std::nullopt;
  unmap(address);
  return address;
}

bool can_listen_on_ipv6() { return mg_check_feature(MG_FEATURES_IPV6) != 0; }

Result<BindAddress> resolve_listen_address(const std::string& text) {
  const auto wanted = ListenAddress::parse(text);
  if (!wanted) return fail(wanted.error());
  BindAddress address;
  if (const int code = resolve(*wanted, 0, address)) {
    return fail(fmt::format("{}: cannot resolve {}: {}", text, wanted->host, gai_strerror(code)));
  }
  unmap(address);
  if (address.is_ipv6() && !can_listen_on_ipv6()) {
    return fail(fmt::format(
        "{}: the CivetWeb library on this machine is built without IPv6 (as Debian 12's is); use "
        "an IPv4 address, such as 0.0.0.0:{}",
        text, wanted->port));
  }
  return address;
}

std::string why_not_bindable(const std::string& text, bool& held_by_engine) {
  const auto address = resolve_listen_address(text);
  if (!address) return address.error();
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
