// The view of a running pipeline, once a second.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "http/history.hpp"

namespace penstock::engine {

class LiveView {
 public:
  // The pipeline must outlive it. A thread of its own keeps the history.
  explicit LiveView(const Pipeline& pipeline);
  ~LiveView();
  LiveView(const LiveView&) = delete;
  LiveView& operator=(const LiveView&) = delete;

  // Any thread. As view.hpp says.
  std::string now();
  std::string history_of(const std::string& node);
  // The next second's view after the one numbered `number`, which it sets; false: not within
  // `timeout`. Made once for all who wait, and not at all when nobody does.
  bool next(uint64_t& number, std::string& view, std::chrono::milliseconds timeout);

 private:
  void run();

  const Pipeline& pipeline_;
  std::mutex mutex_;
  std::condition_variable changed_;
  History history_;
  std::string view_;
  uint64_t number_ = 0;
  std::atomic<int> listeners_ = 0;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace penstock::engine
