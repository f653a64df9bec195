// /tap: rows that pass a place of the graph, as NDJSON.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "flow/tap.hpp"
#include "http/routes.hpp"
#include "http/streams.hpp"
#include "pipeline/pipeline.hpp"

namespace penstock::engine {

struct TapRequest {
  std::string node, port;  // no port: what leaves by the first one, or what comes to a sink
  size_t limit = 0;        // 0: as long as someone listens
  double rate = 10;        // rows a second
};

class TapStream final : public StreamBody {
 public:
  TapStream(Pipeline& pipeline, TapRequest request);
  ~TapStream() override;

  More more(std::string& text) override;

 private:
  using Clock = std::chrono::steady_clock;

  uint64_t generation() const { return get(pipeline_.reloads().done); }
  // Puts the tap where it belongs. A reload may take the graph, and with it the tap; false: the
  // node or the port has gone.
  bool attach();

  Pipeline& pipeline_;
  const TapRequest request_;
  const std::shared_ptr<Tap> tap_;
  size_t left_;
  uint64_t generation_ = 0;
  bool attached_;
  Clock::time_point last_ = Clock::now();
};

// nullptr: `refusal` says why not.
std::unique_ptr<StreamBody> open_tap(const RouteContext& context, const Request& request,
                                     HttpReply& refusal);

}  // namespace penstock::engine
