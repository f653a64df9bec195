#include "pipeline/pipeline.hpp"

#include <algorithm>

#include "pipeline/change.hpp"

namespace penstock::engine {

Pipeline::Pipeline(PipelineDescription description)
    : description_(std::move(description)), budget_(description_.service.buffer_size) {
  Parts parts = build(description_, {}, budget_);
  sources_ = std::move(parts.sources);
  graph_ = std::move(parts.graph);
  nodes_ = std::move(parts.nodes);
  set_pumps();
}

Pipeline::~Pipeline() {
  // What isn't done by now isn't: batches that end here were not stored.
  abandon();
  // Senders end before receivers.
  for (const auto& source : sources_) source->end();
  graph_.reset();
}

void Pipeline::set_pumps() {
  std::vector<Wakeup*> pumps;
  for (const auto& source : sources_) pumps.push_back(&source->wakeup());
  budget_.set_pumps(std::move(pumps));
}

Result<void> Pipeline::prepare() {
  for (const auto& source : sources_) {
    if (auto created = source->create_instances(); !created) return created;
    if (auto opened = source->open_intake(); !opened) return opened;
  }
  return graph_->prepare();
}

void Pipeline::start() {
  graph_->start();
  for (const auto& source : sources_) source->start();
}

bool Pipeline::sources_finished() const {
  return std::all_of(sources_.begin(), sources_.end(),
                     [](const auto& source) { return source->finished(); });
}

bool Pipeline::any_source_gave_up() const {
  return std::any_of(sources_.begin(), sources_.end(),
                     [](const auto& source) { return source->has_given_up(); });
}

void Pipeline::stop_sources() {
  for (const auto& source : sources_) source->request_stop();
}

bool Pipeline::drain() {
  bool dispatched = true, done = true;
  for (const auto& source : sources_) {
    dispatched = dispatched && source->dispatched();
    done = done && source->drained();
  }
  if (dispatched && !done) graph_->flush();
  return done;
}

uint64_t Pipeline::undone() const {
  uint64_t sum = 0;
  for (const auto& source : sources_) sum += source->intake().undone();
  return sum;
}

uint64_t Pipeline::undone_in_memory() const {
  uint64_t sum = 0;
  for (const auto& source : sources_) {
    if (!source->intake().outlives_process()) sum += source->intake().undone();
  }
  return sum;
}

bool Pipeline::must_begin_anew() {
  bool must = false;
  for (const auto& source : sources_) {
    Intake& intake = source->intake();
    must |= intake.has_lost_folder() && intake.undone() == 0;
  }
  return must;
}

void Pipeline::abandon() {
  for (const auto& source : sources_) source->intake().ranges().abandon();
}

// All that ever came in, dropped or not.
uint64_t Pipeline::messages() const {
  uint64_t sum = past_.messages;
  for (const auto& source : sources_) {
    sum += source->intake().received() + source->intake().dropped() +
           get(source->counts().ends.dropped);
  }
  return sum;
}

// The numbers are read while they grow. Ends are read before what came in, so that no more seems to
// have ended than came; and nothing may be missing where nothing was undone and nothing came while
// they were read.
Accounting Pipeline::accounting() const {
  const uint64_t before = messages();
  const bool idle = undone() == 0;
  PastEnds ends = past_;
  for (const auto& source : sources_) ends.dropped += source->intake().dropped();
  for (const Node* node : nodes_) ends.add(node->counts().ends);
  // Read once more, and after all ends.
  ends.grown = past_.grown;
  for (const Node* node : nodes_)
    ends.grown += static_cast<int64_t>(get(node->counts().ends.grown));
  Accounting sum{ends};
  sum.received = static_cast<uint64_t>(static_cast<int64_t>(messages()) + ends.grown);
  sum.in_flight = static_cast<int64_t>(sum.received - sum.ended());
  const bool settled = idle && messages() == before;
  sum.balanced = settled ? sum.in_flight == 0 : sum.in_flight >= 0;
  return sum;
}

}  // namespace penstock::engine
