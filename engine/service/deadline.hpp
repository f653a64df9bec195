// Ends the process when a step takes longer than it may: a plugin may be inside of a call that does
// not return.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace penstock::engine {

class Deadline {
 public:
  // `what` is for the log: "the reload". Ends the process with `exit_code`, unless destroyed
  // before.
  Deadline(std::chrono::nanoseconds after, std::string what, int exit_code);
  ~Deadline();
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool met_ = false;
  std::thread thread_;
};

}  // namespace penstock::engine
