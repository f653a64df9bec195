#include "flow/transform_node.hpp"

#include <fmt/format.h>

#include "flow/tsan.hpp"

namespace penstock::engine {

TransformNode::TransformNode(oneapi::tbb::flow::graph& graph, NodeDescription description,
                             const std::string& service)
    : Node(std::move(description), service) {
  // noexcept, or TBB makes a task of a light node's calls, too (function_node's constructor).
  const auto body = [this, &graph](Job* job) noexcept {
    happens_after(job);
    run(*std::unique_ptr<Job>(job));
    happens_before(&graph);
    return oneapi::tbb::flow::continue_msg();
  };
  if (type().flags & PENSTOCK_NODE_LIGHT) {
    tasks_ = std::make_unique<LightTasks>(graph, this->description().parallelism, body);
  } else {
    tasks_ = std::make_unique<Tasks>(graph, this->description().parallelism, body);
  }
  if (this->description().ordered) keep_order(graph);
}

void TransformNode::enqueue(Job job) {
  job.number = number_job();
  auto owned = std::make_unique<Job>(std::move(job));
  happens_before(owned.get());
  tasks_->try_put(owned.release());
}

Result<void> TransformNode::start() {
  for (const auto& instance : instances()) {
    if (instance->start() != PENSTOCK_OK) {
      return fail(
          fmt::format("nodes.{} ({}): {}", name(), description().plugin, instance->error()));
    }
    instance->set_started();
  }
  return {};
}

Result<void> TransformNode::try_out() {
  return create_instances().and_then([this] { return start(); });
}

bool TransformNode::could_go_on() const { return counts_.queued_batches > 0 || is_in_call(); }

void TransformNode::receive(BatchPtr batch, uint32_t input) {
  counts_.queued_batches.fetch_add(1, std::memory_order_relaxed);
  enqueue({Job::kBatch, std::move(batch), input});
}

void TransformNode::tick(Instance& instance) { enqueue({Job::kTick, nullptr, 0, &instance}); }

void TransformNode::flush() {
  for (const auto& instance : instances()) {
    enqueue({Job::kFlush, nullptr, 0, instance.get()});
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
  const RunningCall running(counts_.running_calls);
  if (job.kind == Job::kBatch) {
    auto [instance, lock] = free_instance();
    counts_.queued_batches.fetch_sub(1, std::memory_order_relaxed);
    std::vector<Output> outputs = process(*instance, job);
    emit(job.number, std::move(outputs));
    return;
  }
  const std::unique_lock lock(job.instance->mutex);
  Instance::CallResult result =
      job.kind == Job::kTick ? job.instance->on_timer() : job.instance->flush();
  if (result.status != PENSTOCK_OK) {
    add(counts_.errors, 1);
    logger().error("{}", job.instance->error());
  }
  emit(job.number, outputs_of(std::move(result), nullptr));
}

std::vector<Output> TransformNode::process(Instance& instance, const Job& job) {
  add(counts_.batches_in, 1);
  add(counts_.rows_in, static_cast<uint64_t>(job.batch->rows));
  Delivery* delivery = delivery_of(job.batch, job.input);
  Instance::CallResult result = instance.process(*delivery);
  std::vector<Output> outputs;
  if (result.status == PENSTOCK_OK) {
    outputs = outputs_of(std::move(result), delivery);
  } else {
    if (result.status != PENSTOCK_REJECT) {
      add(counts_.errors, 1);
      logger().error("a batch of {} rows failed: {}", job.batch->rows, instance.error());
    }
    outputs = std::move(result.outputs);
    append(outputs, rejection_of(*delivery, instance.error()));
  }
  delivery->release();
  return outputs;
}

}  // namespace penstock::engine
