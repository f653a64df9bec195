#include "service/signals.hpp"

#include <ctime>

namespace penstock::engine {
namespace {

constexpr auto kOneRequest = std::chrono::seconds(1);

}  // namespace

Signals::Signals() {
  sigemptyset(&set_);
  sigaddset(&set_, SIGTERM);
  sigaddset(&set_, SIGINT);
  sigaddset(&set_, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

int Signals::wait(std::chrono::milliseconds time) {
  const timespec timeout{time.count() / 1000, (time.count() % 1000) * 1'000'000};
  const int signal = sigtimedwait(&set_, nullptr, &timeout);
  if (signal <= 0 || (asks_for_end(signal) && repeats_the_first())) return 0;
  return signal;
}

bool Signals::repeats_the_first() {
  const auto now = std::chrono::steady_clock::now();
  if (!first_end_) {
    first_end_ = now;
    return false;
  }
  return now - *first_end_ < kOneRequest;
}

}  // namespace penstock::engine
