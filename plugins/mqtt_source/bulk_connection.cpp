#include "bulk_connection.hpp"

#include <poll.h>
#include <simdjson.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "receiver.hpp"

namespace mqtt_source {
namespace {

using namespace std::chrono_literals;

// What one append takes at most, so that the graph gets to work before a large read ends.
constexpr size_t kMostGathered = 2000;

// More than this unsent, and nothing is read until the broker takes it.
constexpr size_t kMostOutput = 1 << 20;

// ASCII without NUL; char has a sign on some machines only.
bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<signed char>(c) > 0; });
}

PacketType answer_to(const Publish& publish) {
  return publish.qos == 2 ? PacketType::kPubrec : PacketType::kPuback;
}

}  // namespace

BulkConnection::BulkConnection(Shared& shared, size_t index, std::string client_id)
    : shared_(shared),
      options_(shared.options),
      context_(shared.context),
      limits_(shared.options, shared.context),
      index_(index),
      safe_at_once_(shared.context.intake() == PENSTOCK_INTAKE_DISK),
      transport_(shared.address, shared.options),
      stream_(PacketStream::body_with(static_cast<size_t>(shared.options.max_message_bytes.count))),
      pace_(shared.options.coalesce),
      session_(shared.options, shared.context, std::move(client_id)),
      end_of_session_(shared.context.ends_session() ? std::optional<SessionEnd>(std::in_place)
                                                    : std::nullopt),
      wake_fd_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (wake_fd_ < 0) throw std::runtime_error("the system gives no event descriptor");
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
      tell_unconnected(unreachable, false);
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
    tell_unconnected(state_ == State::kSubscribing ? session_.lost(error) : error, true);
  }
  return false;
}

void BulkConnection::tell_unconnected(const std::string& why, bool is_connected) {
  shared_.report(index_, false,
                 "cannot connect to " + options_.broker_url + ": " + why + "; " +
                     advice_for(why, is_connected));
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

std::string BulkConnection::handle_packets(size_t bytes) {
  {
    const std::lock_guard lock(mutex_);
    if (stop_) return "";
    reading_ = true;
  }
  std::string error;
  Packet packet;
  size_t count = 0;
  PacketStream::Next next = PacketStream::Next::kPacket;
  while (error.empty() && (next = stream_.next(packet)) == PacketStream::Next::kPacket) {
    if (packet.type == PacketType::kPublish) ++count;
    error = handle(packet);
    if (messages_.size() >= kMostGathered) append_gathered();
  }
  if (next == PacketStream::Next::kMalformed) error = malformed("a packet's length");
  append_gathered();
  {
    const std::lock_guard lock(mutex_);
    reading_ = false;
    changed_.notify_all();
  }
  if (count > 0) context_.add(kReceived, static_cast<double>(count));
  if (count > 0 && end_of_session_) end_of_session_->came(last_received_);
  if (!error.empty()) return error;
  error = send();
  if (error.empty()) error = ping_if_due();
  const auto nap = pace_.after_read(bytes, count, last_received_);
  if (error.empty() && nap.count() > 0 && !transport_.has_buffered())
    std::this_thread::sleep_for(nap);
  return error;
}

std::string BulkConnection::handle(const Packet& packet) {
  if (state_ == State::kConnecting && packet.type != PacketType::kConnack) {
    return malformed("a packet before CONNACK");
  }
  switch (packet.type) {
    case PacketType::kPublish: return handle_publish(packet);
    case PacketType::kPubrel: {
      const std::optional<uint16_t> id = read_pubrel(packet);
      if (!id) return malformed("PUBREL");
      if (gathered_[*id]) append_gathered();  // of the same read
      if (end_of_session_) end_of_session_->came(last_received_);
      taken_.release(*id);
      put_acknowledgement(output_, PacketType::kPubcomp, *id);
      return "";
    }
    case PacketType::kConnack: return handle_connack(packet);
    case PacketType::kSuback: return handle_suback(packet);
    case PacketType::kUnsuback: {
      const auto codes = read_unsuback(packet, version_);
      if (!codes) return malformed("UNSUBACK");
      if (end_of_session_) {
        end_of_session_->unsubscribed();
        session_.left(*codes);
      } else {
        session_.unsuback(leaving_, *codes);
      }
      return "";
    }
    case PacketType::kPingresp: return handle_pingresp();
    case PacketType::kDisconnect: {
      const std::optional<Disconnect> why = read_disconnect(packet);
      if (!why) return malformed("DISCONNECT");
      if (end_of_session_ && why->code == kSessionTakenOver) end_of_session_->taken_over();
      return "the broker ended it: " + reason_text(*why, version_);
    }
    default: return malformed("a packet that no broker sends");
  }
}

std::string BulkConnection::malformed(const char* what) {
  context_.add(kProtocolErrors);
  put_disconnect(output_, version_, kMalformedPacket);
  send();
  return std::string("the broker sent invalid MQTT: ") + what;
}

std::string BulkConnection::handle_connack(const Packet& packet) {
  const std::optional<Connack> answer = read_connack(packet, version_);
  if (!answer || state_ != State::kConnecting) return malformed("CONNACK");
  if (answer->code == 0 && !answer->session_present) taken_.forget();
  if (std::string error = session_.connack(*answer); !error.empty()) return error;
  taken_.begin_connection();
  if (answer->keep_alive_s) keep_alive_ = std::chrono::seconds(*answer->keep_alive_s);
  if (end_of_session_) {
    end_of_session_->accepted(answer->session_present, Clock::now());
    begin_subscribed();
    return "";
  }
  leaving_ = session_.to_leave();
  if (!leaving_.empty()) put_unsubscribe(output_, version_, leaving_);
  put_subscribe(output_, version_, options_.topics, static_cast<uint8_t>(options_.qos),
                options_.retained);
  state_ = State::kSubscribing;
  deadline_ = Clock::now() + options_.connect_timeout;
  return "";
}

std::string BulkConnection::handle_suback(const Packet& packet) {
  const std::optional<Suback> answer = read_suback(packet, version_);
  if (!answer || answer->codes.size() != options_.topics.size()) return malformed("SUBACK");
  if (std::string error = session_.suback(*answer); !error.empty()) return error;
  begin_subscribed();
  return "";
}

void BulkConnection::begin_subscribed() {
  state_ = State::kSubscribed;
  subscribed_at_ = Clock::now();
  shared_.report(index_, true, session_.granted_text());
}

std::string BulkConnection::handle_publish(const Packet& packet) {
  const std::optional<Publish> publish = read_publish(packet, version_);
  if (!publish) return malformed("PUBLISH");
  const size_t bytes = packet.oversize ? MessageLimits::kNotRead : publish->payload.size();
  if (limits_.skips(publish->topic, bytes) || session_.skips(publish->retained, publish->dup)) {
    if (publish->qos > 0) skip(*publish);
    return "";
  }
  if (publish->qos > 0 && is_repetition(*publish)) {
    context_.add(kRepeated);
    return "";
  }
  take(*publish);
  return "";
}

// Its identifier has stood for it.
void BulkConnection::skip(const Publish& publish) {
  acknowledge_in_order(0, answer_to(publish), publish.id);
  taken_.forget(publish.id);
  taken_.order().took(publish.id, publish.dup);
}

bool BulkConnection::is_repetition(const Publish& publish) {
  if (publish.qos == 1 && !publish.dup) return false;
  if (gathered_[publish.id]) append_gathered();  // the first may be of the same read
  const std::optional<TakenMessages::Taken> first = taken_.first_of(publish);
  if (!first) return false;
  const bool is_owed = first->here && first->position > taken_.acknowledged();
  if (is_owed) return true;
  taken_.repeated(publish);
  acknowledge_in_order(first->position, answer_to(publish), publish.id);
  return true;
}

void BulkConnection::take(const Publish& publish) {
  const std::string_view topic = clean_topic(publish.topic);
  // In its place: a copy by wide loads right after narrow stores would wait for them. The time is
  // set for all at once.
  penstock_source_message& message = messages_.emplace_back();
  message.size = sizeof(message);
  message.topic = {topic.data(), topic.size()};
  message.payload = {publish.payload.data(), publish.payload.size()};
  if (publish.retained) message.flags |= PENSTOCK_MESSAGE_RETAINED;
  if (publish.dup) message.flags |= PENSTOCK_MESSAGE_DUPLICATE;
  // Each connection is a session, with identifiers of its own.
  if (publish.qos > 0) message.identifier = static_cast<uint32_t>(index_ << 16 | publish.id);
  publishes_.push_back(publish);
  if (publish.qos > 0) taken_.order().took(publish.id, publish.dup);
  gathered_[publish.id] = true;
}

// A topic is UTF-8 without U+0000 (MQTT 5 §1.5.4). A broker that lets another one through must not
// cost the message: what is wrong becomes U+FFFD.
std::string_view BulkConnection::clean_topic(std::string_view topic) {
  if (is_plain(topic)) return topic;
  if (topic.find('\0') == std::string_view::npos &&
      simdjson::validate_utf8(topic.data(), topic.size())) {
    return topic;
  }
  context_.add(kBadTopics);
  std::string& clean = clean_topics_.emplace_back();
  for (size_t at = 0; at < topic.size();) {
    // The longest piece that is one character.
    size_t size = std::min<size_t>(4, topic.size() - at);
    while (size > 1 && !simdjson::validate_utf8(topic.data() + at, size)) --size;
    const bool well = topic[at] != '\0' && simdjson::validate_utf8(topic.data() + at, size);
    // A piece of four may hold several; only the first is taken.
    size_t taken = 1;
    if (well) {
      while (taken < size && !simdjson::validate_utf8(topic.data() + at, taken)) ++taken;
      clean.append(topic.substr(at, taken));
    } else {
      clean += "\xEF\xBF\xBD";
    }
    at += taken;
  }
  return clean;
}

void BulkConnection::append_gathered() {
  const int64_t received_us = now_us();
  for (penstock_source_message& message : messages_) message.received_us = received_us;
  size_t done = 0;
  while (done < messages_.size()) {
    done += append_from(done);
    if (done == messages_.size()) break;
    // The broker must not take us for dead, and gets what is safe meanwhile.
    send();
    ping_if_due();
    if (!context_.wait_for_space(100ms) && stop_) break;  // the rest comes again
    last_received_ = Clock::now();                        // that nothing came is our doing
  }
  for (const Publish& publish : publishes_) gathered_[publish.id] = false;
  messages_.clear();
  publishes_.clear();
  clean_topics_.clear();
}

// Returns how many were taken of those from `done` on. What is known of them is kept first: a crash
// in between finds that the log ends before them.
size_t BulkConnection::append_from(size_t done) {
  const std::span<const penstock_source_message> messages = std::span(messages_).subspan(done);
  const std::span<const Publish> publishes = std::span(publishes_).subspan(done);
  const std::lock_guard lock(shared_.append_mutex);
  uint64_t begin = 0, end = 0;
  context_.append(messages.first(0), 0, &begin);
  for (size_t i = 0; i < publishes.size(); ++i) {
    if (publishes[i].qos > 0) taken_.take(publishes[i], begin + i + 1);
  }
  const size_t taken = context_.append(messages, 0, &end);
  if (end_of_session_) end_of_session_->took(taken);
  for (size_t i = 0; i < publishes.size(); ++i) {
    const Publish& publish = publishes[i];
    if (publish.qos == 0) continue;
    const uint64_t position = begin + i + 1;
    if (position > end) taken_.forget(publish.id);  // no room, or dropped for want of it
    if (i < taken) acknowledge(std::min(position, end), answer_to(publish), publish.id);
  }
  return taken;
}

void BulkConnection::acknowledge(uint64_t position, PacketType type, uint16_t id) {
  if (safe_at_once_ && held_.empty()) {
    put_acknowledgement(output_, type, id);
    owed_ = std::max(owed_, position);
  } else {
    held_.hold(position, type, id);
  }
}

void BulkConnection::release_held() {
  const uint64_t safe = safe_at_once_ ? UINT64_MAX : shared_.safe_position.load();
  owed_ = std::max(owed_, held_.release(safe, output_));
}

// What is not appended is answered after what came before it (MQTT 5 §4.6, MQTT-4.6.0-2).
void BulkConnection::acknowledge_in_order(uint64_t position, PacketType type, uint16_t id) {
  append_gathered();
  acknowledge(position, type, id);
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
  const int64_t kLongest = end_of_session_ ? 100 : 1000;
  // A broker may have said that it wants no pings (MQTT 5 §3.2.2.3.14).
  if (state_ == State::kSubscribed && keep_alive_.count() == 0) return kLongest;
  const auto until = state_ == State::kSubscribed
                         ? keep_alive_ / 4
                         : std::chrono::nanoseconds(deadline_ - Clock::now());
  const int64_t ms = std::chrono::duration_cast<std::chrono::milliseconds>(until).count() + 1;
  return static_cast<int>(std::clamp<int64_t>(ms, 1, kLongest));
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
