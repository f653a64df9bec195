#include "graph/source_node.hpp"

#include <chrono>

#include <penstock/backoff.hpp>

namespace penstock::engine {
namespace {

using namespace std::chrono_literals;

// How long the pump lets messages gather that are too few for a full batch. A nap rather
// than a wait, so that those who append make no system call.
constexpr auto kLinger = 2ms;

}  // namespace

SourceNode::SourceNode(const NodeDescription& description, const std::string& service,
                       Timers& timers, Budget& budget)
    : Node(description, service, timers), budget_(budget), intake_(description.buffer, wakeup_) {
  budget_.add_pump(wakeup_);
}

SourceNode::~SourceNode() {
  end_ = true;
  stop_requested_ = true;
  intake_.close();
  wakeup_.notify();
  if (thread_.joinable()) thread_.join();
}

void SourceNode::start() {
  thread_ = std::thread([this] { run(); });
}

void SourceNode::request_stop() {
  stop_requested_ = true;
  intake_.close();
  wakeup_.notify();
}

void SourceNode::set_finished() {
  finished_ = true;
  wakeup_.notify();
}

void SourceNode::tick(Instance&) {
  tick_due_ = true;
  wakeup_.notify();
}

bool SourceNode::start_plugin() {
  Instance& instance = *instances().front();
  Backoff backoff;
  while (!stop_requested_) {
    if (instance.start() == PENSTOCK_OK) {
      instance.set_started();
      return true;
    }
    const auto wait = backoff.next();
    add(counts_.errors, 1);
    instance.set_trouble(instance.error());
    wakeup_.wait_for(wait, [&] { return stop_requested_.load(); });
  }
  return false;
}

void SourceNode::run() {
  Instance& instance = *instances().front();
  const bool started = start_plugin();
  while (!end_) {
    wakeup_.wait_for(1h, [&] {
      return end_ || (stop_requested_ && !stopped_) || tick_due_ ||
             intake_.watermark() != told_watermark_ ||
             (intake_.available() > 0 && budget_.has_room());
    });
    if (stop_requested_ && !stopped_) {
      if (started) instance.stop();
      stopped_ = true;
    }
    if (tick_due_.exchange(false)) instance.on_timer();
    tell_watermark();
    if (intake_.available() > 0 && budget_.has_room()) hand_out();
  }
}

void SourceNode::hand_out() {
  if (intake_.available() < kBlockRows && !stop_requested_) std::this_thread::sleep_for(kLinger);
  while (intake_.available() > 0 && budget_.has_room()) {
    Intake::Slice slice = intake_.take(kBlockRows);
    auto batch = std::make_shared<Batch>();
    batch->schema = description().ports[0].schema.get();
    batch->rows = slice.messages.length;
    batch->chunks.push_back(std::make_shared<const Chunk>(slice.messages));
    batch->tokens.push_back(std::make_shared<const Token>(intake_, slice.range, budget_));
    send(0, std::move(batch));
    if (intake_.available() < kBlockRows) break;
  }
}

void SourceNode::tell_watermark() {
  const uint64_t watermark = intake_.watermark();
  if (watermark == told_watermark_) return;
  told_watermark_ = watermark;
  instances().front()->acknowledged(watermark);
}

}  // namespace penstock::engine
