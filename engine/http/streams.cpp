#include "http/streams.hpp"

#include <civetweb.h>

#include <chrono>
#include <memory>
#include <thread>

#include "graph/tap.hpp"
#include "http/response_head.hpp"

namespace penstock::engine {
namespace {

using namespace std::chrono_literals;

// How often a client that gets nothing is asked whether it is still there.
constexpr auto kSilence = 2s;
// How long rows gather for one write.
constexpr auto kGather = 50ms;

bool send(mg_connection* connection, const std::string& text) {
  return mg_write(connection, text.data(), text.size()) == static_cast<int>(text.size());
}

// A tap that is in a graph as long as this lives; a reload may take the graph, and with it the tap.
class Tapping {
 public:
  Tapping(Pipeline& pipeline, const TapRequest& request)
      : pipeline_(pipeline), request_(request), tap_(std::make_shared<Tap>(request.rate)) {
    attach();
  }
  ~Tapping() {
    // A place that a reload took had the tap with it; that of a source that stayed has it still.
    const auto unchanged = pipeline_.look();
    if (TapPoint* point = find_tap_point(pipeline_, request_.node, request_.port)) {
      point->remove(*tap_);
    }
  }
  Tapping(const Tapping&) = delete;
  Tapping& operator=(const Tapping&) = delete;

  Tap& tap() { return *tap_; }
  // False: the node or the port has gone.
  bool follow() {
    if (generation() == generation_) return true;
    return attach();
  }

 private:
  uint64_t generation() const { return get(pipeline_.reloads().done); }
  bool attach() {
    const auto unchanged = pipeline_.look();
    TapPoint* point = find_tap_point(pipeline_, request_.node, request_.port);
    // A source that stayed has it still.
    if (point) {
      point->remove(*tap_);
      point->add(tap_);
    }
    generation_ = generation();
    return point != nullptr;
  }

  Pipeline& pipeline_;
  const TapRequest& request_;
  std::shared_ptr<Tap> tap_;
  uint64_t generation_ = 0;
};

}  // namespace

TapPoint* find_tap_point(const Pipeline& pipeline, const std::string& node,
                         const std::string& port) {
  for (Node* each : pipeline.nodes()) {
    if (each->name() == node) return each->tap_point(port);
  }
  return nullptr;
}

void send_events(mg_connection* connection, LiveView& live, const std::atomic<bool>& stop) {
  if (!send(connection, response_head(200, "text/event-stream") +
                            "retry: 1000\n\ndata: " + live.now() + "\n\n")) {
    return;
  }
  uint64_t number = 0;
  std::string view;
  while (!stop) {
    if (!live.next(number, view, 250ms)) continue;
    if (!send(connection, "data: " + view + "\n\n")) return;
  }
}

void send_tap(mg_connection* connection, Pipeline& pipeline, const TapRequest& request,
              const std::atomic<bool>& stop) {
  if (!send(connection, response_head(200, "application/x-ndjson"))) return;
  Tapping tapping(pipeline, request);
  size_t left = request.limit > 0 ? request.limit : SIZE_MAX;
  auto last = std::chrono::steady_clock::now();
  while (!stop && left > 0 && tapping.follow()) {
    const std::vector<std::string> lines = tapping.tap().take(left, 100ms);
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    const auto now = std::chrono::steady_clock::now();
    if (text.empty() && now - last < kSilence) continue;
    // An empty line is none (NDJSON), but shows whether the client is there.
    if (!send(connection, text.empty() ? "\n" : text)) return;
    last = now;
    left -= lines.size();
    if (!text.empty()) std::this_thread::sleep_for(kGather);
  }
}

}  // namespace penstock::engine
