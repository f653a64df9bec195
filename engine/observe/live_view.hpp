// The view of a running pipeline, once a second.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "observe/history.hpp"

namespace penstock::engine {

class LiveView {
 public:
  // The pipeline must outlive it. It keeps the history on its own thread.
  explicit LiveView(const Pipeline& pipeline);
  ~LiveView();
  LiveView(const LiveView&) = delete;
  LiveView& operator=(const LiveView&) = delete;

  // Any thread. As view.hpp says.
  std::string now();
  std::string history_of(const std::string& node);

  // One who wants to have every second's view, as long as it lives. It is made once for all of
  // them, and not at all when there is none.
  class Subscriber {
   public:
    explicit Subscriber(LiveView& live) : live_(live) { ++live_.subscribers_; }
    ~Subscriber() { --live_.subscribers_; }
    Subscriber(const Subscriber&) = delete;
    Subscriber& operator=(const Subscriber&) = delete;

    // False: there is no newer one than the one that it gave last.
    bool next(std::string& view);

   private:
    LiveView& live_;
    uint64_t number_ = 0;
  };

 private:
  void run();

  const Pipeline& pipeline_;
  std::mutex mutex_;
  std::condition_variable changed_;
  History history_;
  std::string view_;
  uint64_t number_ = 0;
  std::atomic<int> subscribers_ = 0;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace penstock::engine
