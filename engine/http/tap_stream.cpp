#include "http/tap_stream.hpp"

#include <fmt/format.h>

#include "config/quantity.hpp"
#include "flow/tap.hpp"

namespace penstock::engine {
namespace {

using namespace std::chrono_literals;

// How often a client that gets nothing is asked whether it is still there.
constexpr auto kSilence = 2s;

// nullptr: there is none. While looking at the pipeline.
TapPoint* find_tap_point(const Pipeline& pipeline, const std::string& node,
                         const std::string& port) {
  for (Node* each : pipeline.nodes()) {
    if (each->name() == node) return each->tap_point(port);
  }
  return nullptr;
}

bool is_there(const Pipeline& pipeline, const TapRequest& tap) {
  const auto unchanged = pipeline.look();
  return find_tap_point(pipeline, tap.node, tap.port) != nullptr;
}

}  // namespace

std::unique_ptr<StreamBody> open_tap(const RouteContext& context, const Request& request,
                                     HttpReply& refusal) {
  if (!context.taps_are_allowed) {
    refusal = error_reply(403,
                          "a tap shows what flows, so it is given on a loopback address without a "
                          "proxy, or with a login; write http.listen = \"127.0.0.1:8080\", or "
                          "http.username and http.password");
    return nullptr;
  }
  TapRequest tap{request.parameter("node"), request.parameter("port")};
  const std::string limit = request.parameter("limit"), rate = request.parameter("rate");
  if (!limit.empty()) tap.limit = static_cast<size_t>(parse_integer(limit).value_or(-1));
  if (!rate.empty()) tap.rate = parse_number(rate).value_or(-1);
  if (tap.limit > 1'000'000 || tap.rate <= 0 || tap.rate > 1000) {
    refusal =
        error_reply(400, "limit is a number up to 1000000, rate one of rows a second up to 1000");
    return nullptr;
  }
  if (!is_there(context.pipeline, tap)) {
    refusal = error_reply(404, fmt::format("there is no node or port \"{}{}{}\"; /graph has them",
                                           tap.node, tap.port.empty() ? "" : ".", tap.port));
    return nullptr;
  }
  return std::make_unique<TapStream>(context.pipeline, std::move(tap));
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
