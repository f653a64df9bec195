#include "http/streams.hpp"

#include <algorithm>

#include "telemetry/logging.hpp"

namespace penstock::engine {
namespace {

using namespace std::chrono_literals;

// How long rows gather for one write.
constexpr auto kGather = 50ms;
constexpr auto kTick = 1s;
constexpr size_t kBlock = 16 << 10;

}  // namespace

struct Streams::Answer {
  Answer(Streams& owner, MHD_Connection& to, std::unique_ptr<StreamBody> what,
         std::atomic<int>& among)
      : streams(owner), connection(&to), body(std::move(what)), count(among) {}
  ~Answer() { --count; }
  Answer(const Answer&) = delete;
  Answer& operator=(const Answer&) = delete;

  Streams& streams;
  MHD_Connection* connection;
  std::unique_ptr<StreamBody> body;
  std::atomic<int>& count;
  std::string text;
  size_t sent = 0;  // of `text`
};

Streams::Streams(std::function<void()> tick) : tick_(std::move(tick)), ticker_([this] { run(); }) {}

Streams::~Streams() { stop(); }

Response Streams::begin(MHD_Connection& connection, std::unique_ptr<StreamBody> body,
                        const std::string& content_type, std::atomic<int>& count, int most) {
  auto answer = std::make_unique<Answer>(*this, connection, std::move(body), count);
  if (++count > most) return nullptr;
  Response response(
      MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, kBlock, read, answer.get(),
                                        [](void* of) { delete static_cast<Answer*>(of); }));
  if (!response) throw std::bad_alloc();
  static_cast<void>(answer.release());  // the response's
  add_head(*response, content_type);
  return response;
}

ssize_t Streams::read(void* of, uint64_t, char* to, size_t most) {
  Answer& answer = *static_cast<Answer*>(of);
  try {
    if (answer.sent == answer.text.size()) {
      answer.text.clear();
      answer.sent = 0;
      const StreamBody::More more = answer.body->more(answer.text);
      if (more == StreamBody::More::kEnd) return MHD_CONTENT_READER_END_OF_STREAM;
      if (more == StreamBody::More::kNothingYet) {
        return answer.streams.suspend(answer.connection) ? 0 : MHD_CONTENT_READER_END_OF_STREAM;
      }
    }
  } catch (const std::exception& e) {
    log().error("HTTP: {}", e.what());
    return MHD_CONTENT_READER_END_WITH_ERROR;
  }
  const size_t count = std::min(most, answer.text.size() - answer.sent);
  answer.text.copy(to, count, answer.sent);
  answer.sent += count;
  return static_cast<ssize_t>(count);
}

bool Streams::suspend(MHD_Connection* connection) {
  const std::lock_guard lock(mutex_);
  if (stopping_) return false;
  MHD_suspend_connection(connection);
  suspended_.push_back(connection);
  changed_.notify_all();
  return true;
}

void Streams::run() {
  auto last_tick = std::chrono::steady_clock::now();
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait_for(lock, kTick, [&] { return stopping_ || !suspended_.empty(); });
    if (!suspended_.empty()) changed_.wait_for(lock, kGather, [&] { return stopping_; });
    for (MHD_Connection* each : suspended_) MHD_resume_connection(each);
    suspended_.clear();
    if (stopping_) return;  // these were the last: `suspend` takes no more
    if (std::chrono::steady_clock::now() - last_tick < kTick) continue;
    last_tick = std::chrono::steady_clock::now();
    lock.unlock();
    tick_();
    lock.lock();
  }
}

void Streams::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (ticker_.joinable()) ticker_.join();
}

}  // namespace penstock::engine
