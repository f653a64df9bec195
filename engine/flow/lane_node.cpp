#include "flow/lane_node.hpp"

#include "flow/tsan.hpp"

namespace penstock::engine {

LaneNode::LaneNode(oneapi::tbb::flow::graph& graph, NodeDescription description,
                   const std::string& service)
    : Node(std::move(description), service),
      entry_(graph, oneapi::tbb::flow::serial,
             [this, &graph](LaneJob* job, Entry::gateway_type& gateway) noexcept {
               happens_after(job);
               enqueue(std::unique_ptr<LaneJob>(job), gateway);
               happens_before(&graph);
             }) {
  if (this->description().ordered) keep_order(graph);
}

LaneNode::~LaneNode() { stop(); }

Result<void> LaneNode::create_instances() {
  if (auto created = Node::create_instances(); !created) return created;
  for (const auto& instance : instances()) {
    lanes_.push_back(std::make_unique<Lane>());
    lanes_.back()->instance = instance.get();
  }
  return {};
}

void LaneNode::start() {
  for (const auto& lane : lanes_) {
    ++running_;
    lane->thread = std::thread([this, &lane = *lane] {
      run(lane);
      --running_;
    });
  }
}

void LaneNode::request_stop() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  for (const auto& lane : lanes_) lane->instance->interrupt();
  changed_.notify_all();
}

void LaneNode::stop() {
  request_stop();
  for (const auto& lane : lanes_) {
    if (lane->thread.joinable()) lane->thread.join();
  }
}

void LaneNode::discard() {
  std::deque<std::unique_ptr<LaneJob>> jobs;
  {
    const std::lock_guard lock(mutex_);
    discard_ = true;
    jobs.swap(jobs_);
  }
  for (auto& job : jobs) {
    job.reset();
    entry_.gateway().release_wait();
  }
}

// The graph counts the job as going on until `release_wait`.
void LaneNode::enqueue(std::unique_ptr<LaneJob> job, Entry::gateway_type& gateway) {
  const std::lock_guard lock(mutex_);
  if (discard_) return;
  gateway.reserve_wait();
  jobs_.push_back(std::move(job));
  changed_.notify_all();
}

void LaneNode::receive(BatchPtr batch, uint32_t input) {
  counts_.queued_batches.fetch_add(1, std::memory_order_relaxed);
  auto job = std::make_unique<LaneJob>(LaneJob{std::move(batch), input, number_job()});
  happens_before(job.get());
  entry_.try_put(job.release());
}

void LaneNode::tick(Instance& instance) {
  const std::lock_guard lock(mutex_);
  lanes_[instance.index()]->tick_due = true;
  changed_.notify_all();
}

void LaneNode::flush() {
  const std::lock_guard lock(mutex_);
  for (const auto& lane : lanes_) lane->flush_due = true;
  changed_.notify_all();
}

LaneCounts LaneNode::lane_states() const {
  LaneCounts counts{};
  for (const auto& lane : lanes_) ++counts[static_cast<size_t>(lane->state.load())];
  return counts;
}

NodeReading LaneNode::read() const {
  NodeReading reading = Node::read();
  reading.lanes = lane_states();
  return reading;
}

bool LaneNode::could_go_on() const {
  return counts_.queued_batches > 0 && lane_states()[static_cast<size_t>(LaneState::kIdle)] > 0;
}

bool LaneNode::is_in_call() const {
  return lane_states()[static_cast<size_t>(LaneState::kIdle)] < lanes_.size();
}

void LaneNode::run(Lane& lane) {
  if (!start_instance(lane)) return;
  std::unique_lock lock(mutex_);
  while (true) {
    lane.state = LaneState::kIdle;
    // What it requeued is with another lane by now, or done.
    if (jobs_.empty() && std::exchange(lane.has_requeued, false)) {
      lock.unlock();
      lane.instance->set_trouble("");
      lock.lock();
    }
    changed_.wait(lock, [&] { return stop_ || lane.tick_due || lane.flush_due || !jobs_.empty(); });
    if (lane.tick_due || lane.flush_due) {
      const bool tick = std::exchange(lane.tick_due, false);
      const bool flush = std::exchange(lane.flush_due, false);
      lock.unlock();
      if (tick) call(lane, true);
      if (flush) call(lane, false);
      lock.lock();
      continue;
    }
    if (stop_) break;
    std::unique_ptr<LaneJob> job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    counts_.queued_batches.fetch_sub(1, std::memory_order_relaxed);
    std::vector<Output> outputs;
    bool to_wait = false;
    if (!work(lane, *job, outputs, to_wait)) {
      if (!outputs.empty()) emit(number_job(), std::move(outputs));  // of other batches
      lock.lock();
      requeue(std::move(job), to_wait);
      if (!to_wait) break;
      lane.has_requeued = true;
      continue;
    }
    emit(job->number, std::move(outputs));
    job.reset();
    entry_.gateway().release_wait();
    lock.lock();
  }
  lock.unlock();
  lane.instance->stop();
}

bool LaneNode::start_instance(Lane& lane) {
  while (lane.instance->start() != PENSTOCK_OK) {
    add(counts_.errors, 1);
    if (!wait_after_failure(lane)) return false;
  }
  recovered(lane);
  lane.instance->set_started();
  return true;
}

void LaneNode::requeue(std::unique_ptr<LaneJob> job, bool to_wait) {
  counts_.queued_batches.fetch_add(1, std::memory_order_relaxed);
  jobs_.insert(to_wait ? jobs_.end() : jobs_.begin(), std::move(job));
}

bool LaneNode::work(Lane& lane, LaneJob& job, std::vector<Output>& outputs, bool& to_wait) {
  lane.state = LaneState::kWorking;
  if (!std::exchange(job.was_tried, true)) {
    add(counts_.batches_in, 1);
    add(counts_.rows_in, static_cast<uint64_t>(job.batch->rows));
  }
  Delivery* delivery = delivery_of(job.batch, job.input);
  const bool is_sink = type().kind == PENSTOCK_SINK;
  bool done = true;
  while (true) {
    Instance::CallResult result;
    {
      const BusyTime busy(counts_.busy_ns);
      result = lane.instance->process(*delivery);
    }
    if (result.status == PENSTOCK_OK) {
      recovered(lane);
      append(outputs, outputs_of(std::move(result), delivery));
      break;
    }
    append(outputs, std::move(result.outputs));  // of other batches
    if (result.status == PENSTOCK_REJECT || (result.status == PENSTOCK_FAILED && !is_sink)) {
      recovered(lane);
      if (result.status == PENSTOCK_FAILED) add(counts_.errors, 1);
      logger().error("a batch of {} rows is rejected: {}", job.batch->rows, lane.instance->error());
      append(outputs, rejection_of(*delivery, lane.instance->error()));
      break;
    }
    add(counts_.errors, 1);
    const bool stops = !wait_after_failure(lane);
    to_wait = !stops && is_sink && result.status == PENSTOCK_RETRY_LATER && !description().ordered;
    if (stops || to_wait) {
      delivery->abandon();
      done = false;
      break;
    }
    lane.state = LaneState::kWorking;
  }
  delivery->release();
  return done;
}

void LaneNode::call(Lane& lane, bool tick) {
  for (bool again = false;;) {
    lane.state = LaneState::kWorking;  // it may wait for another system
    Instance::CallResult result = tick ? lane.instance->on_timer() : lane.instance->flush();
    const penstock_status status = result.status;
    emit(number_job(), outputs_of(std::move(result), nullptr));
    const bool was_tried =
        std::exchange(again, status == PENSTOCK_RETRY || status == PENSTOCK_RETRY_LATER);
    if (was_tried && !again) recovered(lane);
    if (status == PENSTOCK_OK) return;
    add(counts_.errors, 1);
    if (!again) return logger().error("{}", lane.instance->error());
    if (!wait_after_failure(lane)) return;
  }
}

bool LaneNode::wait_after_failure(Lane& lane) {
  const std::string why = lane.instance->error().empty() ? "not ready" : lane.instance->error();
  lane.instance->set_trouble(why);
  lane.state = LaneState::kRetrying;
  add(counts_.retries, 1);
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, lane.backoff.next(), [&] { return stop_; });
  return !stop_;
}

void LaneNode::recovered(Lane& lane) {
  lane.backoff.reset();
  lane.instance->set_trouble("");
}

}  // namespace penstock::engine
