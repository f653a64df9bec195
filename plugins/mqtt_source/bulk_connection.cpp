#include "bulk_connection.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>

#include "mqtt_text.hpp"
#include "receiver.hpp"

namespace mqtt_source {
namespace {

using namespace std::chrono_literals;

// More than this unsent, and nothing is read until the broker takes it.
constexpr size_t kMostOutput = 1 << 20;

}  // namespace

BulkConnection::BulkConnection(Shared& shared, size_t index, std::string client_id)
    : shared_(shared),
      options_(shared.options),
      context_(shared.context),
      limits_(shared.options, shared.context),
      index_(index),
      has_attributes_(shared.context.has_column(PENSTOCK_COLUMN_ATTRIBUTES)),
      safe_at_once_(shared.context.intake() == PENSTOCK_INTAKE_DISK),
      transport_(shared.address, shared.options),
      stream_(PacketStream::body_with(static_cast<size_t>(shared.options.max_message_bytes.count))),
      pace_(shared.options.coalesce),
      session_(shared.options, shared.context, std::move(client_id)),
      end_of_session_(shared.context.ends_session() ? std::optional<SessionEnd>(std::in_place)
                                                    : std::nullopt),
      wake_fd_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (wake_fd_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd failed");
  messages_.reserve(kMostGathered);
  publishes_.reserve(kMostGathered);
}

BulkConnection::~BulkConnection() {
  end_ = true;
  stop();
  if (thread_.joinable()) thread_.join();
  ::close(wake_fd_);
}

void BulkConnection::resume(void* memory, bool fits, uint64_t next_position) {
  const uint64_t session =
      TakenMessages::hash(TakenMessages::hash(1, options_.broker_url), session_.client_id());
  taken_.resume(memory, fits, session, next_position);
}

void BulkConnection::start() {
  thread_ = std::thread([this] { run(); });
}

void BulkConnection::stop() {
  stop_ = true;
  end_wait();
  std::unique_lock lock(mutex_);
  changed_.notify_all();
  changed_.wait(lock, [&] { return !reading_; });
}

void BulkConnection::wake() {
  if (waiting_.exchange(false)) end_wait();
}

void BulkConnection::end_wait() {
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(wake_fd_, &one, sizeof(one));
}

void BulkConnection::run() {
  penstock::Backoff backoff;
  while (true) {
    drain_wake_ups();
    if (stop_) return;
    const std::string unreachable = transport_.open(
        std::chrono::duration_cast<std::chrono::milliseconds>(options_.connect_timeout), wake_fd_);
    const std::string error = unreachable.empty() ? serve() : "";
    transport_.close();
    held_.clear();
    if (end_ || stop_) return;
    if (end_of_session_ && unreachable.empty()) {
      if (!error.empty()) end_of_session_->lost(client_id(), error, Clock::now());
      if (end_of_session_->is_over()) return shared_.report_end(index_, *end_of_session_);
      if (error.empty()) continue;  // once more, with a clean session
    }
    if (!unreachable.empty()) {
      shared_.report(index_, false, unconnected(unreachable, false));
    } else if (tell_end(error)) {
      continue;
    }
    // Two clients with one client_id would end each other's connection as fast as they can.
    const bool was_subscribed = unreachable.empty() && state_ == State::kSubscribed;
    if (was_subscribed && Clock::now() - subscribed_at_ > kStable) backoff.reset();
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, backoff.next(), [&] { return stop_.load(); });
  }
}

bool BulkConnection::tell_end(const std::string& error) {
  if (error.starts_with(kRefusedSubscription)) {
    shared_.report(index_, false, error);
  } else if (state_ == State::kSubscribed) {
    context_.add(kReconnects);
    shared_.report(
        index_, false,
        "the connection to " + options_.broker_url + " was lost: " + session_.lost(error));
  } else if (session_.falls_back()) {
    context_.info(error + "; MQTT 3.1.1 is tried");
    return true;
  } else {
    const std::string why = state_ == State::kSubscribing ? session_.lost(error) : error;
    shared_.report(index_, false, unconnected(why, true));
  }
  return false;
}

std::string BulkConnection::unconnected(const std::string& why, bool is_connected) const {
  return "cannot connect to " + options_.broker_url + ": " + why + "; " +
         advice_for(why, is_connected);
}

std::string BulkConnection::serve() {
  state_ = State::kConnecting;
  stream_.clear();
  output_.clear();
  owed_ = 0;
  pings_unanswered_ = 0;
  put_connect(output_, connect_request());
  version_ = session_.version();
  keep_alive_ = options_.keep_alive;
  last_sent_ = last_received_ = last_ping_ = Clock::now();
  deadline_ = last_sent_ + options_.connect_timeout;
  std::string error;
  while (error.empty() && !end_) {
    error = send();
    if (error.empty()) error = may_read() ? read_once() : ping_if_due();
    if (error.empty() && advance_end()) break;
    if (error.empty() && stop_) {
      // What is unsafe is acknowledged as it becomes safe; then there is nothing left to do.
      if (held_.empty() && output_.empty()) break;
      error = wait();
    }
  }
  if (error.empty()) {
    release_held();
    put_disconnect(output_, version_, kNormalDisconnection);
    send();
    transport_.close_after_broker();
  }
  return error;
}

ConnectRequest BulkConnection::connect_request() {
  ConnectRequest request = session_.begin();
  if (end_of_session_ && end_of_session_->is_forgetting()) {
    request.clean = true;
    request.session_expiry_s = 0;
  }
  return request;
}

bool BulkConnection::advance_end() {
  if (!end_of_session_ || stop_ || state_ != State::kSubscribed) return false;
  const bool rests =
      held_.empty() && output_.empty() && messages_.empty() && pings_unanswered_ == 0;
  switch (end_of_session_->next(rests, Clock::now())) {
    case SessionEnd::Step::kNone: break;
    case SessionEnd::Step::kUnsubscribe: put_unsubscribe(output_, version_, options_.topics); break;
    case SessionEnd::Step::kPing: put_pingreq(); break;
    case SessionEnd::Step::kDisconnect: return true;
  }
  return false;
}

bool BulkConnection::may_read() const { return !stop_ && output_.size() < kMostOutput; }

std::string BulkConnection::read_once() {
  const std::span<char> space = stream_.space();
  const Transport::Transfer read = transport_.read(space);
  if (read.status == Transport::Status::kClosed) {
    // Some brokers end the connection when they don't know the version.
    return state_ == State::kConnecting ? session_.no_answer(true) : read.error;
  }
  if (read.status == Transport::Status::kWouldBlock) {
    std::string error = ping_if_due();
    return error.empty() ? wait() : error;
  }
  last_received_ = Clock::now();
  stream_.received(read.bytes);
  return handle_packets(read.bytes);
}

std::string BulkConnection::send() {
  release_held();
  if (owed_ > taken_.acknowledged()) taken_.acknowledging(owed_);
  if (state_ == State::kSubscribed && taken_.order().wants_proof() && may_prove()) put_pingreq();
  size_t sent = 0;
  std::string error;
  while (sent < output_.size()) {
    const Transport::Transfer written = transport_.write(std::string_view(output_).substr(sent));
    if (written.status == Transport::Status::kClosed) error = written.error;
    if (written.status != Transport::Status::kDone) break;
    sent += written.bytes;
  }
  if (sent > 0) last_sent_ = Clock::now();
  output_.erase(0, sent);
  return error;
}

// Whether the broker has read some acknowledgements once it answers a PINGREQ that is written now,
// and those of all that came.
bool BulkConnection::may_prove() const {
  return owed_ > 0 && held_.empty() && pings_unanswered_ == 0 && messages_.empty();
}

std::string BulkConnection::handle_pingresp() {
  if (pings_unanswered_ > 0) --pings_unanswered_;
  if (pings_unanswered_ == 0) taken_.order().answered();
  return "";
}

void BulkConnection::put_pingreq() {
  last_ping_ = Clock::now();
  output_ += kPingreq;
  if (may_prove() && taken_.order().wants_proof()) taken_.order().asked();
  ++pings_unanswered_;
}

std::string BulkConnection::ping_if_due() {
  const auto now = Clock::now();
  if (state_ != State::kSubscribed) {
    if (now <= deadline_) return "";
    return state_ == State::kConnecting ? session_.no_answer(false)
                                        : "the broker doesn't answer SUBSCRIBE";
  }
  session_.settle(may_read() && messages_.empty());
  if (keep_alive_.count() == 0) return "";
  // Nothing at all for one and a half times the keep-alive, although we asked: it is gone. Not when
  // we don't read.
  if (may_read() && messages_.empty() && now - last_received_ > keep_alive_ * 3 / 2) {
    return "nothing came for one and a half times keep_alive";
  }
  // Half of it, so that a late one is still in time: when we have sent nothing, or heard nothing
  // and not asked.
  const auto quiet_since = std::min(last_sent_, std::max(last_received_, last_ping_));
  if (now - quiet_since < keep_alive_ / 2) return "";
  put_pingreq();
  return send();
}

int BulkConnection::poll_timeout_ms() const {
  const int64_t longest_ms = end_of_session_ ? 100 : 1000;
  // A broker may have said that it wants no pings (MQTT 5 §3.2.2.3.14).
  if (state_ == State::kSubscribed && keep_alive_.count() == 0) return longest_ms;
  const auto until = state_ == State::kSubscribed
                         ? keep_alive_ / 4
                         : std::chrono::nanoseconds(deadline_ - Clock::now());
  const int64_t ms = std::chrono::duration_cast<std::chrono::milliseconds>(until).count() + 1;
  return static_cast<int>(std::clamp<int64_t>(ms, 1, longest_ms));
}

std::string BulkConnection::wait() {
  if (transport_.has_buffered() && may_read()) return "";
  waiting_ = true;
  release_held();  // what became safe before we said so
  short events = may_read() ? POLLIN : 0;
  if (!output_.empty()) events |= POLLOUT;
  pollfd polled[2] = {{transport_.fd(), events, 0}, {wake_fd_, POLLIN, 0}};
  poll(polled, 2, poll_timeout_ms());
  waiting_ = false;
  if (polled[1].revents) drain_wake_ups();
  // A read would tell; who doesn't read is told here.
  const bool gone = polled[0].revents & (POLLERR | POLLHUP);
  return gone && !may_read() ? "the broker closed it" : "";
}

void BulkConnection::drain_wake_ups() {
  uint64_t ignored = 0;
  [[maybe_unused]] const ssize_t count = ::read(wake_fd_, &ignored, sizeof(ignored));
}

}  // namespace mqtt_source
