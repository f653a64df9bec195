// Answers that go on: they need no thread while they wait. The listener's thread asks each for
// more; one that has nothing is suspended, and a ticker has all of them asked again.
#pragma once

#include <microhttpd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "http/response.hpp"

namespace penstock::engine {

// What such an answer consists of. Its calls come from the listener's thread.
class StreamBody {
 public:
  virtual ~StreamBody() = default;
  enum class More { kSome, kNothingYet, kEnd };
  // Adds what has come since the last call.
  virtual More more(std::string& text) = 0;
};

class Streams {
 public:
  // `tick` is called about once a second.
  explicit Streams(std::function<void()> tick);
  ~Streams();
  Streams(const Streams&) = delete;
  Streams& operator=(const Streams&) = delete;

  // The answer to a request; nothing if there are `most` of the `count` already.
  Response begin(MHD_Connection& connection, std::unique_ptr<StreamBody> body,
                 const std::string& content_type, std::atomic<int>& count, int most);
  // Ends them all, and those that begin from now on. After this the listener may be stopped: it
  // must not have suspended connections then (libmicrohttpd, MHD_suspend_connection).
  void stop();

 private:
  struct Answer;
  static ssize_t read(void* answer, uint64_t position, char* to, size_t most);

  // False: they are stopping.
  bool suspend(MHD_Connection* connection);
  void run();

  const std::function<void()> tick_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<MHD_Connection*> suspended_;
  bool stopping_ = false;
  std::thread ticker_;
};

}  // namespace penstock::engine
