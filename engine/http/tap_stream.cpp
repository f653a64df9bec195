#include "http/tap_stream.hpp"

namespace penstock::engine {
namespace {

using namespace std::chrono_literals;

// How often a client that gets nothing is asked whether it is still there.
constexpr auto kSilence = 2s;

}  // namespace

TapPoint* find_tap_point(const Pipeline& pipeline, const std::string& node,
                         const std::string& port) {
  for (Node* each : pipeline.nodes()) {
    if (each->name() == node) return each->tap_point(port);
  }
  return nullptr;
}

TapStream::TapStream(Pipeline& pipeline, TapRequest request)
    : pipeline_(pipeline),
      request_(std::move(request)),
      tap_(std::make_shared<Tap>(request_.rate)),
      left_(request_.limit > 0 ? request_.limit : SIZE_MAX),
      attached_(attach()) {}

TapStream::~TapStream() {
  // A place that a reload took had the tap with it; that of a source that stayed has it still.
  const auto unchanged = pipeline_.look();
  if (TapPoint* point = find_tap_point(pipeline_, request_.node, request_.port)) {
    point->remove(*tap_);
  }
}

bool TapStream::attach() {
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

StreamBody::More TapStream::more(std::string& text) {
  if (generation() != generation_) attached_ = attach();
  if (!attached_ || left_ == 0) return More::kEnd;
  const std::vector<std::string> lines = tap_->take(left_);
  for (const std::string& line : lines) text += line + "\n";
  left_ -= lines.size();
  const auto now = Clock::now();
  if (text.empty()) {
    if (now - last_ < kSilence) return More::kNothingYet;
    // An empty line is none (NDJSON), but shows whether the client is there.
    text = "\n";
  }
  last_ = now;
  return More::kSome;
}

}  // namespace penstock::engine
