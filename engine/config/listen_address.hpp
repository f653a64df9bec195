// Where [http] listens: what `listen` and `probe_listen` may say, and what it means on this
// machine.
#pragma once

#include <sys/socket.h>

#include <optional>
#include <string>

#include "config/result.hpp"

namespace penstock::engine {

// "host:port", "[IPv6 address]:port", or ":port" for every IPv4 address. Port 0 lets the system
// choose one.
struct ListenAddress {
  std::string host;  // without brackets; empty: every IPv4 address
  int port = 0;

  static Result<ListenAddress> parse(const std::string& text);
};

// An address that a socket can be bound to.
struct BindAddress {
  sockaddr_storage address = {};
  socklen_t size = 0;

  bool is_ipv6() const { return address.ss_family == AF_INET6; }
  bool is_loopback() const;
  // Every address of this machine.
  bool is_any() const;
  // One socket would be in the other's way. Of port 0 there is another each time.
  bool overlaps(const BindAddress& other) const;
  int port() const;
  std::string host() const;  // "127.0.0.1", "[::1]"
};

// What `text` stands for. A name means its first IPv4 address, or, where it has none, its first
// IPv6 one.
Result<BindAddress> resolve_listen_address(const std::string& text);

// The same without a lookup, as every machine has it: of numbers in any spelling ("127.1", "0") and
// of "localhost". Nothing: only the machine that it is run on can tell.
std::optional<BindAddress> fixed_listen_address(const ListenAddress& wanted);

// Whether the HTTP library on this machine can listen on IPv6 addresses (Debian 12's cannot).
bool can_listen_on_ipv6();

// Why nothing can be bound to it now, with the process that has it where /proc tells; empty: it is
// free. `held_by_engine` is set when a Penstock has it, which may be the one that runs the file.
std::string why_not_bindable(const std::string& text, bool& held_by_engine);

}  // namespace penstock::engine
