#include "http/streams.hpp"

#include <chrono>

namespace penstock::engine {
namespace {

using namespace std::chrono_literals;

// How long rows gather for one write.
constexpr auto kGather = 50ms;

}  // namespace

Streams::Slot::Slot(Streams& streams, std::string_view address)
    : streams_(streams), address_(address) {
  const std::lock_guard lock(streams_.mutex_);
  size_t& of_address = streams_.of_address_[address_];
  given_ =
      streams_.count_ < streams_.limits_.most && of_address < streams_.limits_.most_of_an_address;
  if (given_) {
    ++streams_.count_;
    ++of_address;
  } else if (of_address == 0) {
    streams_.of_address_.erase(address_);
  }
}

Streams::Slot::~Slot() {
  if (!given_) return;
  const std::lock_guard lock(streams_.mutex_);
  --streams_.count_;
  const auto of_address = streams_.of_address_.find(address_);
  if (--of_address->second == 0) streams_.of_address_.erase(of_address);
}

void Streams::run(const Request& request, StreamBody& body) {
  bool goes_on = request.send(head_of_stream(content_type_));
  for (std::string text; goes_on; text.clear()) {
    switch (body.more(text)) {
      case StreamBody::More::kSome: goes_on = request.send(text); break;
      case StreamBody::More::kNothingYet: goes_on = wait(); break;
      case StreamBody::More::kEnd: return;
    }
  }
}

bool Streams::wait() {
  std::unique_lock lock(mutex_);
  return !stopped_.wait_for(lock, kGather, [this] { return stopping_; });
}

void Streams::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stopped_.notify_all();
}

}  // namespace penstock::engine
