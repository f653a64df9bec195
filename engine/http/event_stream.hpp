// /events: the view of the running pipeline once a second, as server-sent events.
#pragma once

#include "http/streams.hpp"
#include "observe/live_view.hpp"

namespace penstock::engine {

class EventStream final : public StreamBody {
 public:
  explicit EventStream(LiveView& live) : live_(live), subscriber_(live) {}

  More more(std::string& text) override {
    std::string view;
    if (!begun_) {
      begun_ = true;
      text = "retry: 1000\n\ndata: " + live_.now() + "\n\n";
      return More::kSome;
    }
    if (!subscriber_.next(view)) return More::kNothingYet;
    text = "data: " + view + "\n\n";
    return More::kSome;
  }

 private:
  LiveView& live_;
  LiveView::Subscriber subscriber_;
  bool begun_ = false;
};

}  // namespace penstock::engine
