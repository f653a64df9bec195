// Keeps passwords from being guessed: from an address that has failed too often no more are looked
// at for a while, at the cost of an answer each and no thread's time.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace penstock::engine {

// Any thread. An address from which the right login came lately goes on being looked at, so that
// nobody beside it, be it on the same machine, locks out a page that is open there.
class LoginAttempts {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr int kMostFailures = 60;
  static constexpr auto kWindow = std::chrono::minutes(1);  // that they count in, and last for
  static constexpr size_t kMostAddresses = 4096;            // kept; further ones share an entry

  bool may_try(std::string_view address, Clock::time_point now = Clock::now());
  void failed(std::string_view address, Clock::time_point now = Clock::now());
  void passed(std::string_view address, Clock::time_point now = Clock::now());

 private:
  struct Caller {
    Clock::time_point since;  // the first of `failures`
    int failures = 0;
    Clock::time_point known_until;  // the right login came from there
  };
  Caller& caller_of(std::string_view address, Clock::time_point now);

  std::mutex mutex_;
  std::map<std::string, Caller, std::less<>> callers_;
  Clock::time_point looked_through_;
};

}  // namespace penstock::engine
