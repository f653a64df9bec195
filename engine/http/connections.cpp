#include "http/connections.hpp"

#include <sys/socket.h>

#include <algorithm>

#include "config/quantity.hpp"
#include "telemetry/logging.hpp"

namespace penstock::engine {

void Connections::began(int fd) {
  const std::lock_guard lock(mutex_);
  by_fd_[fd] = open_.insert(open_.end(), {fd, Clock::now()});
  counts_.connections = static_cast<int64_t>(open_.size());
  if (open_.size() - ending_ <= most_) return;
  const auto oldest = std::find_if(open_.begin(), open_.end(),
                                   [](const Connection& c) { return !c.stream && !c.ending; });
  if (oldest == open_.end()) return;
  const uint64_t so_far = counts_.refuse(Refusal::kConnections);
  if (tell_full_.due()) {
    log().warn("HTTP: more than max_connections = {}; the oldest are closed ({} so far)", most_,
               so_far);
  }
  end(*oldest);
}

// Its listener closes the descriptor after this (libmicrohttpd, daemon.c, MHD_cleanup_connections),
// so that it is never another's while it stands here.
void Connections::ended(int fd) {
  const std::lock_guard lock(mutex_);
  const auto found = by_fd_.find(fd);
  if (found == by_fd_.end()) return;
  if (found->second->ending) --ending_;
  open_.erase(found->second);
  by_fd_.erase(found);
  counts_.connections = static_cast<int64_t>(open_.size());
}

void Connections::is_stream(int fd) {
  const std::lock_guard lock(mutex_);
  if (const auto found = by_fd_.find(fd); found != by_fd_.end()) found->second->stream = true;
}

void Connections::end_slow() {
  const std::lock_guard lock(mutex_);
  const auto too_old = Clock::now() - timeout_;
  for (Connection& each : open_) {
    if (each.since > too_old) break;
    if (each.stream || each.ending) continue;
    const uint64_t so_far = counts_.refuse(Refusal::kSlow);
    if (tell_slow_.due()) {
      log().warn(
          "HTTP: a connection asked for nothing within request_timeout = {} and is closed "
          "({} so far)",
          format_duration(timeout_.count()), so_far);
    }
    end(each);
  }
}

// Its listener sees the end of it, and lets go.
void Connections::end(Connection& connection) {
  shutdown(connection.fd, SHUT_RDWR);
  connection.ending = true;
  ++ending_;
}

}  // namespace penstock::engine
