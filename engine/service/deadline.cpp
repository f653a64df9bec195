#include "service/deadline.hpp"

#include <unistd.h>

#include <utility>

#include "config/quantity.hpp"
#include "telemetry/logging.hpp"

namespace penstock::engine {

Deadline::Deadline(std::chrono::nanoseconds after, std::string what, int exit_code)
    : thread_([this, after, what = std::move(what), exit_code] {
        std::unique_lock lock(mutex_);
        if (changed_.wait_for(lock, after, [this] { return met_; })) return;
        log().error(
            "{} did not finish within {}: a plugin call has not returned; exiting now. "
            "Messages in disk intakes are kept for the next start",
            what, format_duration(after.count()));
        log().flush();
        _exit(exit_code);
      }) {}

Deadline::~Deadline() {
  {
    const std::lock_guard lock(mutex_);
    met_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

}  // namespace penstock::engine
