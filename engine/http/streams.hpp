// Answers that go on: events for the page, and taps.
#pragma once

#include <atomic>
#include <string>

#include "graph/pipeline.hpp"
#include "http/live_view.hpp"

struct mg_connection;

namespace penstock::engine {

// Limits how many of a kind there are at a time: each takes one of the listener's threads.
class Streams {
 public:
  explicit Streams(int most) : most_(most) {}

  // One of them, as long as it lives; false when there was no place.
  class Place {
   public:
    explicit Place(Streams& streams)
        : streams_(streams), given_(++streams.count_ <= streams.most_) {}
    ~Place() { --streams_.count_; }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    explicit operator bool() const { return given_; }

   private:
    Streams& streams_;
    const bool given_;
  };

 private:
  const int most_;
  std::atomic<int> count_ = 0;
};

struct TapRequest {
  std::string node, port;  // no port: what leaves by the first one, or what comes to a sink
  size_t limit = 0;        // 0: as long as someone listens
  double rate = 10;        // rows a second
};

// Both return when the client has gone, or `stop` is true.
// Server-sent events: the view once a second.
void send_events(mg_connection* connection, LiveView& live, const std::atomic<bool>& stop);
// NDJSON. The node must be there; it may go with a reload, which ends the answer.
void send_tap(mg_connection* connection, Pipeline& pipeline, const TapRequest& request,
              const std::atomic<bool>& stop);

// nullptr: there is none. While looking at the pipeline.
TapPoint* find_tap_point(const Pipeline& pipeline, const std::string& node,
                         const std::string& port);

}  // namespace penstock::engine
