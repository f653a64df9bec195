#include "graph/transform_node.hpp"

#include <fmt/format.h>

namespace penstock::engine {

TransformNode::TransformNode(oneapi::tbb::flow::graph& graph, const NodeDescription& description,
                             const std::string& service, Timers& timers)
    : Node(description, service, timers),
      tasks_(graph, description.parallelism, [this](const Job& job) { run(job); }) {}

bool TransformNode::start(std::string& error) {
  for (const auto& instance : instances()) {
    if (instance->start() != PENSTOCK_OK) {
      error = fmt::format("nodes.{} ({}): {}", name(), description().plugin, instance->error());
      return false;
    }
    instance->set_started();
  }
  return true;
}

void TransformNode::receive(BatchPtr batch, uint32_t input) {
  counts_.queued_batches.fetch_add(1, std::memory_order_relaxed);
  tasks_.try_put({Job::kBatch, std::move(batch), input, nullptr});
}

void TransformNode::tick(Instance& instance) {
  tasks_.try_put({Job::kTick, nullptr, 0, &instance});
}

void TransformNode::flush() {
  for (const auto& instance : instances()) {
    tasks_.try_put({Job::kFlush, nullptr, 0, instance.get()});
  }
}

std::pair<Instance*, std::unique_lock<std::mutex>> TransformNode::free_instance() {
  for (const auto& instance : instances()) {
    std::unique_lock lock(instance->mutex, std::try_to_lock);
    if (lock) return {instance.get(), std::move(lock)};
  }
  Instance* first = instances().front().get();
  return {first, std::unique_lock(first->mutex)};
}

void TransformNode::run(const Job& job) {
  const BusyTime busy(counts_.busy_ns);
  if (job.kind == Job::kBatch) {
    auto [instance, lock] = free_instance();
    counts_.queued_batches.fetch_sub(1, std::memory_order_relaxed);
    process(*instance, job);
    return;
  }
  const std::unique_lock lock(job.instance->mutex);
  Instance::Result result =
      job.kind == Job::kTick ? job.instance->on_timer() : job.instance->flush();
  if (result.status != PENSTOCK_OK) {
    add(counts_.errors, 1);
    logger().error("{}", job.instance->error());
  }
  pass_on(std::move(result), nullptr);
}

void TransformNode::process(Instance& instance, const Job& job) {
  add(counts_.batches_in, 1);
  add(counts_.rows_in, static_cast<uint64_t>(job.batch->rows));
  auto* delivery = new Delivery(job.batch, job.input);
  Instance::Result result = instance.process(*delivery);
  if (result.status == PENSTOCK_OK) {
    pass_on(std::move(result), delivery);
  } else {
    if (result.status != PENSTOCK_REJECT) {
      add(counts_.errors, 1);
      logger().error("a batch of {} rows failed: {}", job.batch->rows, instance.error());
    }
    reject(*delivery, instance.error());
  }
  delivery->release();
}

}  // namespace penstock::engine
