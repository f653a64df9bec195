// Which hosts a connection to stays on this machine.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <strings.h>

#include <string>

namespace penstock {

// Whether a host's name or address, without port and brackets, is this machine's in every network:
// localhost, 127.0.0.0/8, ::1. Without a lookup, so that others of its names are not known.
inline bool is_this_machine(std::string host) {
  if (host.ends_with('.')) host.pop_back();
  constexpr const char* kName = "localhost";
  in_addr v4 = {};
  in6_addr v6 = {};
  if (strcasecmp(host.c_str(), kName) == 0) return true;  // RFC 6761 §6.3
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return ntohl(v4.s_addr) >> 24 == 127;
  if (inet_pton(AF_INET6, host.c_str(), &v6) != 1) return false;
  return IN6_IS_ADDR_LOOPBACK(&v6) || (IN6_IS_ADDR_V4MAPPED(&v6) && v6.s6_addr[12] == 127);
}

}  // namespace penstock
