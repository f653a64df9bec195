// A TCP connection to whichever address of a host answers first (RFC 8305, "Happy Eyeballs"): a
// silent one costs a quarter of a second, not the whole timeout.
#pragma once

#include <chrono>
#include <string>

namespace mqtt_source {

// A non-blocking socket, or -1 and `error`. Returns early when `wake_fd` becomes readable.
int connect_to_first(const std::string& host, const std::string& port,
                     std::chrono::steady_clock::time_point deadline, int wake_fd,
                     std::string& error);

}  // namespace mqtt_source
