// A source that goes on appending after its stop.
#include <penstock/plugin.hpp>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>

using namespace penstock;

class AppendsLate {
 public:
  struct Options {};
  static Declaration declare() {
    return {.name = "appends_late",
            .summary = "A source that goes on appending after its stop.",
            .options = {},
            .ports = {},
            .metrics = {}};
  }
  AppendsLate(const Options&, Context& context) : context_(context) {}
  ~AppendsLate() {
    end_ = true;
    if (thread_.joinable()) thread_.join();
  }
  void start() {
    thread_ = std::thread([this] {
      for (int64_t i = 0; !end_; ++i) {
        const std::string payload = std::to_string(i);
        const penstock_message message{{"t", 1}, {payload.data(), payload.size()}, i};
        context_.append({&message, 1});
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
    });
  }
  void stop() {}

 private:
  Context& context_;
  std::atomic<bool> end_ = false;
  std::thread thread_;
};

PENSTOCK_PLUGIN("appends_late", source<AppendsLate>())
