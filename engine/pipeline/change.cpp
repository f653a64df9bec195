// A pipeline that changes while it runs.
#include <fmt/format.h>

#include <algorithm>

#include "pipeline/change.hpp"
#include "pipeline/pipeline.hpp"

namespace penstock::engine {

Result<void> Pipeline::prepare_change(PipelineDescription next) {
  if (next.service.name != description_.service.name) {
    return fail(
        fmt::format("service.name cannot change from \"{}\" to \"{}\" while it runs, since "
                    "intakes and metrics carry it; restart instead",
                    description_.service.name, next.service.name));
  }
  auto change = std::make_unique<Change>();
  change->description = std::move(next);
  change->parts = build(change->description, sources_, budget_);
  for (const auto& source : change->parts.sources) {
    if (auto created = source->create_instances(); !created) return created;
    const std::string& folder = source->description().buffer.path;
    const auto user = std::find_if(sources_.begin(), sources_.end(), [&](const auto& running) {
      return !folder.empty() && running->description().buffer.path == folder;
    });
    if (user == sources_.end()) {
      if (auto opened = source->open_intake(); !opened) return opened;
    } else if ((*user)->name() != source->name()) {
      return fail(fmt::format(
          "nodes.{}: buffer.path: {} is the intake of \"{}\", which runs; choose another folder",
          source->name(), folder, (*user)->name()));
    } else {
      change->waiting.push_back(source.get());
    }
  }
  if (auto prepared = change->parts.graph->prepare(); !prepared) return prepared;
  change_ = std::move(change);
  return {};
}

void Pipeline::forget_change() {
  for (const auto& source : sources_) source->resume();
  change_.reset();
}

void Pipeline::hold() {
  for (const auto& source : sources_) {
    if (change_->keeps(*source)) source->hold();
    else source->pause();
  }
}

void Pipeline::end_leaving() {
  for (const auto& source : sources_) {
    if (!change_->keeps(*source)) source->request_stop();
  }
}

bool Pipeline::leaving_stopped() const {
  return std::all_of(sources_.begin(), sources_.end(), [&](const auto& source) {
    return change_->keeps(*source) || source->stopped();
  });
}

uint64_t Pipeline::leaving_in_memory(bool for_good) const {
  uint64_t sum = 0;
  for (const auto& source : sources_) {
    if (change_->keeps(*source) || source->intake().outlives_process()) continue;
    const SourceNode* heir = for_good ? heir_of(*source) : nullptr;
    if (heir && heir->intake().is_open()) continue;
    sum += source->intake().undone();
  }
  return sum;
}

Result<Pipeline::Changed> Pipeline::change(bool drained, const std::function<void()>& ended) {
  Changed changed;
  // Leaving sources end first, so that nothing enters the graph while it ends.
  for (const auto& source : sources_) {
    if (!change_->keeps(*source)) source->end();
  }
  if (drained) graph_->finish();
  else abandon();
  graph_->discard();
  {
    const std::unique_lock lock(changing_);
    transfer_memory(changed);
    keep_account(drained, changed);
    continue_counts();
    graph_.reset();  // with all that points into intakes
    nodes_.clear();
    ended();
    if (auto replaced = replace_sources(changed); !replaced) return fail(replaced.error());
    graph_ = std::move(change_->parts.graph);
    nodes_ = std::move(change_->parts.nodes);
    description_ = std::move(change_->description);
    budget_.resize(description_.service.buffer_size);
    set_pumps();
  }
  graph_->start();
  for (const auto& source : sources_) {
    if (change_->keeps(*source)) source->resume();
    else source->start();
  }
  change_.reset();
  return changed;
}

// The one that a source becomes by the change; null: it is taken away.
SourceNode* Pipeline::heir_of(const SourceNode& source) const {
  const auto& all = change_->parts.sources;
  const auto heir = std::find_if(all.begin(), all.end(),
                                 [&](const auto& each) { return each->name() == source.name(); });
  return heir == all.end() ? nullptr : heir->get();
}

// What a source promised while it stopped, and only memory holds.
void Pipeline::transfer_memory(Changed& changed) {
  for (const auto& source : sources_) {
    if (change_->keeps(*source) || source->intake().outlives_process()) continue;
    if (source->intake().undone() == 0) continue;
    SourceNode* heir = heir_of(*source);
    if (heir && heir->intake().is_open()) {
      changed.transferred += source->intake().transfer_to(heir->intake());
    }
  }
}

// Nothing moves but the sources, which append. What came in is never taken back; a source that
// opens the folder of one that ended counts what it finds there once more, as after a restart.
void Pipeline::keep_account(bool drained, Changed& changed) {
  for (const auto& node : graph_->nodes()) past_.add(node->counts().ends);
  int64_t begun = 0;  // what is done or has ended otherwise, and what it grew by
  uint64_t ended = 0;
  for (const auto& source : sources_) {
    const Intake& intake = source->intake();
    const NodeEnds& ends = source->counts().ends;
    if (change_->keeps(*source)) {
      begun += static_cast<int64_t>(intake.done_rows() + get(ends.grown));
      ended += get(ends.filtered);
      continue;
    }
    uint64_t& left = intake.outlives_process() ? changed.left_on_disk : changed.lost;
    left += intake.undone();
    past_.add(ends);
    past_.dropped += intake.dropped();
    past_.messages += intake.received() + intake.dropped() + get(ends.dropped);
  }
  past_.messages -= changed.transferred;  // they count where they are now
  past_.left_on_disk += changed.left_on_disk;
  past_.dropped += changed.lost;
  if (drained) return;
  begun += static_cast<int64_t>(past_.messages - past_.dropped);
  past_.grown = static_cast<int64_t>(ended + past_.ended() - past_.dropped) - begun;
}

// Nodes that are called as before, and of the same type, count on.
void Pipeline::continue_counts() {
  for (Node* node : change_->parts.nodes) {
    const auto before = std::find_if(nodes_.begin(), nodes_.end(), [&](const Node* each) {
      return each != node && each->name() == node->name() && &each->type() == &node->type();
    });
    if (before != nodes_.end()) node->continue_counts_of(**before);
  }
  for (const auto& source : sources_) {
    if (change_->keeps(*source)) continue;
    if (SourceNode* heir = heir_of(*source)) heir->intake().carry_on(source->intake().totals());
  }
}

Result<void> Pipeline::replace_sources(Changed& changed) {
  std::erase_if(sources_, [&](const auto& source) { return !change_->keeps(*source); });
  changed.sources_kept = sources_.size();
  for (const KeptSource& kept : change_->parts.kept) {
    kept.source->show_options(kept.options, kept.buffer);
    changed.dispatched_again += kept.source->intake().ranges().dispatch_again();
    for (size_t port = 0; port < kept.edges.size(); ++port) {
      kept.source->ports()[port]->edges = kept.edges[port];
    }
  }
  for (SourceNode* source : change_->waiting) {
    if (auto opened = source->open_intake(); !opened) return opened;
  }
  for (auto& source : change_->parts.sources) sources_.push_back(std::move(source));
  return {};
}

}  // namespace penstock::engine
