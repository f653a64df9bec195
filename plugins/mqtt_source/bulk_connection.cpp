#include "bulk_connection.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "receiver.hpp"

namespace mqtt_source {
namespace {

using namespace std::chrono_literals;

// How long a stop waits for the broker to read the last acknowledgements, which takes a busy one
// seconds.
constexpr auto kPatience = 10s;

}  // namespace

BulkConnection::BulkConnection(Shared& shared, size_t index, std::string client_id)
    : shared_(shared),
      context_(shared.context),
      index_(index),
      client_(shared.options, shared.context, index, std::move(client_id)),
      transport_(shared.address, shared.options),
      pace_(shared.options.coalesce),
      wake_fd_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (wake_fd_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd failed");
}

BulkConnection::~BulkConnection() {
  end_ = true;
  stop();
  if (thread_.joinable()) thread_.join();
  ::close(wake_fd_);
}

void BulkConnection::start() {
  thread_ = std::thread([this] { run(); });
}

void BulkConnection::stop() {
  stop_ = true;
  end_wait();
  std::unique_lock lock(mutex_);
  changed_.notify_all();
  changed_.wait(lock, [&] { return !is_handling_; });
}

void BulkConnection::wake() {
  if (waiting_.exchange(false)) end_wait();
}

void BulkConnection::end_wait() {
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(wake_fd_, &one, sizeof(one));
}

void BulkConnection::run() {
  while (true) {
    drain_wake_ups();
    if (stop_) return;
    const Next next = connect();
    if (next == Next::kNothing) return;
    if (next == Next::kAtOnce) continue;
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, backoff_.next(), [&] { return stop_.load(); });
  }
}

BulkConnection::Next BulkConnection::connect() {
  const Options& options = shared_.options;
  const std::string unreachable = transport_.open(
      std::chrono::duration_cast<std::chrono::milliseconds>(options.connect_timeout), wake_fd_);
  const std::string error = unreachable.empty() ? serve() : "";
  transport_.close();
  if (end_ || stop_) return Next::kNothing;
  if (!unreachable.empty()) {
    shared_.report(index_, false, unconnected_text(options.broker_url, unreachable, false));
    return Next::kWait;
  }
  const Clock::time_point now = Clock::now();
  if (SessionEnd* end = client_.session_end()) {
    if (!error.empty()) end->lost(client_.client_id(), error, now);
    if (end->is_over()) {
      shared_.report_end(index_, *end);
      return Next::kNothing;
    }
    if (error.empty()) return Next::kAtOnce;  // with a clean session
  }
  if (client_.falls_back()) {
    context_.info(error + "; trying MQTT 3.1.1");
    return Next::kAtOnce;
  }
  shared_.report(index_, false, client_.ended(error, now));
  // Otherwise two clients with one client_id would end each other's connection as fast as they can.
  if (client_.was_subscribed() && now - client_.subscribed_at() > kStable) backoff_.reset();
  return Next::kWait;
}

std::string BulkConnection::serve() {
  client_.connect(Clock::now());
  std::string error;
  while (error.empty() && !end_) {
    error = send();
    if (error.empty()) error = may_read() ? read() : tick();
    if (error.empty() && !stop_ && client_.advance_end(Clock::now())) break;
    if (error.empty() && stop_) {
      // Stay until everything is safe and acknowledged.
      if (client_.is_idle()) break;
      error = wait();
    }
  }
  if (error.empty()) leave();
  return error;
}

// The broker would send again what it has not read an acknowledgement of.
void BulkConnection::leave() {
  client_.disconnect();
  transport_.finish(client_.to_send(shared_.safe_position, Clock::now()), kPatience);
}

std::string BulkConnection::read() {
  const Transport::Transfer read = transport_.read(client_.space());
  if (read.status == Transport::Status::kClosed) return client_.closed(read.error);
  if (read.status == Transport::Status::kWouldBlock) {
    std::string error = tick();
    return error.empty() ? wait() : error;
  }
  const Clock::time_point now = Clock::now();
  client_.received(read.bytes, now);
  {
    const std::lock_guard lock(mutex_);
    if (stop_) return "";
    is_handling_ = true;
  }
  std::string error = handle_packets();
  {
    const std::lock_guard lock(mutex_);
    is_handling_ = false;
    changed_.notify_all();
  }
  if (error.empty()) error = send();
  if (error.empty()) error = tick();
  if (!error.empty()) return error;
  const auto nap = pace_.after_read(read.bytes, client_.messages_read(), now);
  if (nap.count() > 0 && !transport_.has_buffered()) std::this_thread::sleep_for(nap);
  return "";
}

std::string BulkConnection::handle_packets() {
  while (true) {
    switch (client_.next()) {
      case MqttClient::Event::kNone: return "";
      case MqttClient::Event::kMessages: append(); break;
      case MqttClient::Event::kSend: send(); break;
      case MqttClient::Event::kSubscribed:
        shared_.report(index_, true, client_.granted_text());
        break;
      case MqttClient::Event::kEnded: return client_.why();
    }
  }
}

void BulkConnection::append() {
  client_.set_received(now_us());
  while (!append_once()) {
    // Meanwhile the broker gets pings, and acknowledgements of what is safe.
    send();
    tick();
    if (!context_.wait_for_space(100ms) && stop_) return client_.drop_messages();
    client_.waited(Clock::now());
  }
}

// False: the intake did not take all.
bool BulkConnection::append_once() {
  const std::lock_guard lock(shared_.append_mutex);
  const std::span<const penstock_source_message> messages = client_.messages();
  uint64_t begin = 0, end = 0;
  context_.append(messages.first(0), 0, &begin);
  client_.appending(begin);
  const size_t taken = context_.append(messages, 0, &end);
  client_.appended(begin, taken, end);
  return taken == messages.size();
}

std::string BulkConnection::send() {
  const std::string_view all = client_.to_send(shared_.safe_position, Clock::now());
  size_t sent = 0;
  std::string error;
  while (sent < all.size()) {
    const Transport::Transfer written = transport_.write(all.substr(sent));
    if (written.status == Transport::Status::kClosed) error = written.error;
    if (written.status != Transport::Status::kDone) break;
    sent += written.bytes;
  }
  if (sent > 0) client_.sent(sent, Clock::now());
  return error;
}

std::string BulkConnection::tick() {
  switch (client_.tick(Clock::now(), may_read())) {
    case MqttClient::Event::kSend: return send();
    case MqttClient::Event::kEnded: return client_.why();
    default: return "";
  }
}

std::string BulkConnection::wait() {
  if (transport_.has_buffered() && may_read()) return "";
  waiting_ = true;
  // After `waiting_` is set: what became safe before that sends no wake-up.
  const bool sends = client_.has_to_send(shared_.safe_position);
  const short events = static_cast<short>((may_read() ? POLLIN : 0) | (sends ? POLLOUT : 0));
  pollfd polled[2] = {{transport_.fd(), events, 0}, {wake_fd_, POLLIN, 0}};
  poll(polled, 2, static_cast<int>(client_.timeout(Clock::now()).count()));
  waiting_ = false;
  if (polled[1].revents) drain_wake_ups();
  // A read would notice, but there is none now.
  const bool gone = polled[0].revents & (POLLERR | POLLHUP);
  return gone && !may_read() ? "the broker closed the connection" : "";
}

void BulkConnection::drain_wake_ups() {
  uint64_t ignored = 0;
  [[maybe_unused]] const ssize_t count = ::read(wake_fd_, &ignored, sizeof(ignored));
}

}  // namespace mqtt_source
