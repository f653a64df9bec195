#include "flow/source_node.hpp"

#include <fmt/format.h>

#include <chrono>

#include <penstock/backoff.hpp>

namespace penstock::engine {
namespace {

using namespace std::chrono_literals;

// How long the pump lets messages gather that are too few for a full batch. A nap rather
// than a wait, so that those who append make no system call. When they come so fast that the naps
// fill a batch, it takes several: a task costs the waking of its worker, and its spinning before it
// sleeps again, which is far more than the work on a small batch.
constexpr auto kLinger = 2ms;
constexpr uint64_t kMostNaps = 10;

}  // namespace

SourceNode::SourceNode(NodeDescription description, const std::string& service, Budget& budget)
    : Node(std::move(description), service),
      budget_(budget),
      intake_(this->description().buffer, wakeup_, this->description().extra_columns) {}

SourceNode::~SourceNode() {
  end();
  timers().stop();
}

void SourceNode::end() {
  end_ = true;
  request_stop();
  if (thread_.joinable()) thread_.join();
}

Result<void> SourceNode::open_intake() {
  Instance& instance = *instances().front();
  const auto found = intake_.open(
      {service(), name()}, [&](const std::string& trouble) { instance.set_trouble(trouble); });
  if (!found) return fail(fmt::format("nodes.{}: {}", name(), found.error()));
  for (const std::string& problem : found->problems) logger().error("{}", problem);
  if (found->damaged > 0) {
    logger().error("{} messages of the intake were damaged and cannot be read", found->damaged);
  }
  if (found->messages > 0) {
    logger().info("{} messages of an earlier run are in the intake and will be dispatched",
                  found->messages);
  }
  return {};
}

void SourceNode::start() {
  intake_.damage_reported();
  start_position_ = intake_.appended();
  thread_ = std::thread([this] { run(); });
}

void SourceNode::request_stop() {
  stop_requested_ = true;
  intake_.writer().close();
  wake_pump();
}

void SourceNode::hold() {
  hold_ = true;
  wakeup_.notify();
}

void SourceNode::pause() {
  paused_ = true;
  intake_.writer().pause(true);
}

void SourceNode::resume() {
  paused_ = false;
  intake_.writer().pause(false);
  wake_pump();
}

void SourceNode::wake_pump() {
  hold_ = false;
  held_ = false;
  wakeup_.notify();
}

void SourceNode::set_finished() {
  finished_ = true;
  wakeup_.notify();
}

void SourceNode::give_up() {
  has_given_up_ = true;
  set_finished();
}

NodeReading SourceNode::read() const {
  NodeReading reading = Node::read();
  reading.intake = IntakeReading{.on_disk = intake_.is_disk(),
                                 .position = intake_.appended(),
                                 .watermark = intake_.ranges().watermark(),
                                 .received = intake_.received(),
                                 .dropped = intake_.dropped(),
                                 .damaged = intake_.damaged(),
                                 .undone = intake_.undone(),
                                 .waiting = intake_.reader().available(),
                                 .totals = intake_.totals(),
                                 .bytes = intake_.held_bytes(),
                                 .max_bytes = intake_.max_bytes(),
                                 .segments = intake_.segments(),
                                 .oldest_s = intake_.ranges().oldest_age_s()};
  return reading;
}

bool SourceNode::could_go_on() const {
  return pumps() && intake_.reader().available() > 0 && has_room();
}

std::string SourceNode::standstill() const {
  if (could_go_on() && !is_held()) {
    return fmt::format("{} messages are queued in its intake but not dispatched",
                       intake_.reader().available());
  }
  if (intake_.writer().refuses() && intake_.undone() == 0) {
    return "its intake is empty but accepts no messages";
  }
  return "";
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
  pumps_ = true;
  while (!end_) {
    wakeup_.wait_for(1h, [&] {
      return end_ || (stop_requested_ && !stopped_) || tick_due_ ||
             intake_.safe_position() != acknowledged_ || hold_ != held_ || may_dispatch() ||
             intake_.reader().has_read_block();
    });
    if (stop_requested_ && !stopped_) stop_plugin(started);
    if (tick_due_.exchange(false) && instance.on_timer().status != PENSTOCK_OK) {
      add(counts_.errors, 1);
      logger().error("{}", instance.error());
    }
    acknowledge();
    if (may_dispatch()) dispatch();
    intake_.reader().release_read_block();
    held_ = hold_.load();
  }
  if (!stopped_) stop_plugin(started);
  acknowledge();  // for the last time before the plugin ends
}

void SourceNode::stop_plugin(bool started) {
  if (started) instances().front()->stop();
  stopped_ = true;
}

bool SourceNode::may_dispatch() const {
  return !hold_ && intake_.reader().available() > 0 && budget_.has_room();
}

void SourceNode::gather() {
  constexpr uint64_t kEnough = uint64_t{2} * kBlockRows;
  for (uint64_t nap = 0; nap < kMostNaps && !stop_requested_; ++nap) {
    const uint64_t gathered = intake_.reader().available();
    if (gathered >= (nap == 0 ? kBlockRows : kEnough)) return;
    if (gathered * kMostNaps < nap * kBlockRows) return;  // too slow to fill a batch
    std::this_thread::sleep_for(kLinger);
  }
}

void SourceNode::dispatch() {
  gather();
  while (may_dispatch()) {
    Slice slice = intake_.reader().take(kBlockRows);
    auto batch = std::make_shared<Batch>();
    batch->schema = description().ports[0].schema.get();
    const int64_t records = records_in(slice.range->rows, slice.bytes);
    batch->add(slice.messages,
               {{std::make_shared<const Token>(intake_, slice.range, budget_, records), 0}});
    // Every branch counts its own points; a source that nothing reads has none.
    const auto readers = static_cast<int64_t>(ports()[0]->edges.size());
    counts_.ends.count_emitted(batch->rows, 0, batch->rows * readers);
    counts_.ends.settle(batch->rows, batch->rows * readers, Fate::kFiltered);
    emit_batch(0, std::move(batch));
    if (intake_.reader().available() < kBlockRows) break;
  }
}

void SourceNode::acknowledge() {
  const uint64_t position = intake_.safe_position();
  if (position == acknowledged_) return;
  acknowledged_ = position;
  instances().front()->acknowledged(position);
}

}  // namespace penstock::engine
