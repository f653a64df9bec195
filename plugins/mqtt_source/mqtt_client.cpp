#include "mqtt_client.hpp"

#include <algorithm>
#include <utility>

#include "receiver.hpp"

namespace mqtt_source {

MqttClient::MqttClient(const Options& options, penstock::Context& context, size_t connection,
                       std::string client_id)
    : options_(options),
      context_(context),
      limits_(options, context),
      stream_(PacketStream::body_with(static_cast<size_t>(options.max_message_bytes.count))),
      gathered_(connection, context.has_column(PENSTOCK_COLUMN_ATTRIBUTES), context),
      acknowledgements_(context.intake() == PENSTOCK_INTAKE_DISK),
      session_(options, context, std::move(client_id)),
      end_of_session_(context.ends_session() ? std::optional<SessionEnd>(std::in_place)
                                             : std::nullopt) {}

void MqttClient::resume(void* memory, bool fits, uint64_t next_position) {
  const uint64_t session =
      TakenMessages::hash(TakenMessages::hash(1, options_.broker_url), client_id());
  taken_.resume(memory, fits, session, next_position);
}

void MqttClient::connect(Clock::time_point now) {
  state_ = State::kConnecting;
  stream_.clear();
  gathered_.clear();
  acknowledgements_.clear();
  output_.clear();
  why_.clear();
  is_packet_due_ = is_leaving_ = false;
  unappended_.reset();
  publishes_ = messages_read_ = 0;
  put_connect(output_, connect_request(now));
  version_ = session_.version();
  keep_alive_.begin(options_.keep_alive, now);
  deadline_ = now + options_.connect_timeout;
}

ConnectRequest MqttClient::connect_request(Clock::time_point now) {
  ConnectRequest request = session_.begin(now);
  if (end_of_session_ && end_of_session_->is_forgetting()) {
    request.clean = true;
    request.session_expiry_s = 0;
  }
  return request;
}

// Some brokers close the connection if they don't support the version.
std::string MqttClient::closed(const std::string& error) {
  return state_ == State::kConnecting ? session_.no_answer(true) : error;
}

std::string MqttClient::ended(const std::string& why, Clock::time_point now) {
  if (why.starts_with(kRefusedSubscription)) return why;
  if (state_ == State::kConnecting) return unconnected_text(options_.broker_url, why, true);
  const std::string lost = session_.lost(why, now);
  if (state_ == State::kSubscribing) return unconnected_text(options_.broker_url, lost, true);
  context_.add(kReconnects);
  return "the connection to " + options_.broker_url + " was lost: " + lost;
}

void MqttClient::appending(uint64_t begin) {
  uint64_t position = begin;
  for (const Publish& publish : gathered_.publishes()) {
    ++position;
    if (publish.qos > 0) taken_.take(publish, position);
  }
}

void MqttClient::appended(uint64_t begin, size_t count, uint64_t end) {
  if (end_of_session_) end_of_session_->took(count);
  const std::span<const Publish> publishes = gathered_.publishes();
  for (size_t i = 0; i < publishes.size(); ++i) {
    const Publish& publish = publishes[i];
    if (publish.qos == 0) continue;
    const uint64_t position = begin + i + 1;
    if (position > end) taken_.forget(publish.id);  // no room, or dropped because of that
    if (i < count) {
      acknowledgements_.put(std::min(position, end), answer_to(publish), publish.id, output_);
    }
  }
  gathered_.appended(count);
}

bool MqttClient::has_to_send(uint64_t safe_position) {
  acknowledgements_.release(safe_position, output_);
  return !output_.empty();
}

std::string_view MqttClient::to_send(uint64_t safe_position, Clock::time_point now) {
  has_to_send(safe_position);
  const uint64_t owed = acknowledgements_.owed();
  if (owed > taken_.acknowledged()) taken_.acknowledging(owed);
  if (std::exchange(is_leaving_, false)) {
    put_disconnect(output_, version_, kNormalDisconnection);
  } else if (state_ == State::kSubscribed && taken_.order().wants_proof() && may_prove()) {
    put_pingreq(now);
  }
  return output_;
}

void MqttClient::sent(size_t bytes, Clock::time_point now) {
  if (bytes > 0) keep_alive_.sent(now);
  output_.erase(0, bytes);
}

// The answer to a PINGREQ that is sent now proves that the broker has read acknowledgements, and
// those of everything that came.
bool MqttClient::may_prove() const {
  return acknowledgements_.owed() > 0 && acknowledgements_.empty() && keep_alive_.all_answered() &&
         gathered_.empty();
}

void MqttClient::put_pingreq(Clock::time_point now) {
  output_ += kPingreq;
  if (may_prove() && taken_.order().wants_proof()) taken_.order().asked();
  keep_alive_.pinged(now);
}

// While messages wait for room in the intake nothing is read, so silence means nothing.
MqttClient::Event MqttClient::tick(Clock::time_point now, bool reads) {
  const bool listens = reads && gathered_.empty();
  if (state_ != State::kSubscribed) {
    if (now <= deadline_ || !gathered_.empty()) return Event::kNone;
    return end(state_ == State::kConnecting ? session_.no_answer(false)
                                            : "the broker does not answer SUBSCRIBE");
  }
  session_.settle(listens, now);
  if (keep_alive_.is_off()) return Event::kNone;
  if (listens && keep_alive_.is_lost(now)) {
    return end("nothing received for one and a half times keep_alive");
  }
  if (!keep_alive_.is_ping_due(now)) return Event::kNone;
  put_pingreq(now);
  return Event::kSend;
}

std::chrono::milliseconds MqttClient::timeout(Clock::time_point now) const {
  using std::chrono::milliseconds;
  const milliseconds longest(end_of_session_ ? 100 : 1000);
  if (state_ == State::kSubscribed && keep_alive_.is_off()) return longest;
  const std::chrono::nanoseconds until =
      state_ == State::kSubscribed ? keep_alive_.interval() / 4 : deadline_ - now;
  return std::clamp(std::chrono::duration_cast<milliseconds>(until) + milliseconds(1),
                    milliseconds(1), longest);
}

bool MqttClient::advance_end(Clock::time_point now) {
  if (!end_of_session_ || state_ != State::kSubscribed) return false;
  const bool rests = is_idle() && gathered_.empty() && keep_alive_.all_answered();
  switch (end_of_session_->next(rests, now)) {
    case SessionEnd::Step::kNone: break;
    case SessionEnd::Step::kUnsubscribe: put_unsubscribe(output_, version_, options_.topics); break;
    case SessionEnd::Step::kPing: put_pingreq(now); break;
    case SessionEnd::Step::kDisconnect: return true;
  }
  return false;
}

}  // namespace mqtt_source
