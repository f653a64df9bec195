// The sockets of a listener, which CivetWeb keeps to itself (civetweb.h gives no descriptor): they
// are found among those of this process by their local address.
#pragma once

#include <vector>

#include "config/listen_address.hpp"

namespace penstock::engine {

// Ends everything on them, so that every thread that waits for one wakes.
void shut_down_sockets(const std::vector<BindAddress>& local);

// Closes those that are left when nobody uses them any more: a connection that CivetWeb had
// accepted but given to no thread is forgotten when it stops (civetweb.c, consume_socket).
void close_sockets(const std::vector<BindAddress>& local);

}  // namespace penstock::engine
