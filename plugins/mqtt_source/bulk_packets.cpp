// What a BulkConnection does with the broker's packets.
#include <algorithm>

#include "bulk_connection.hpp"
#include "mqtt_text.hpp"
#include "receiver.hpp"

namespace mqtt_source {
namespace {

using namespace std::chrono_literals;

PacketType answer_to(const Publish& publish) {
  return publish.qos == 2 ? PacketType::kPubrec : PacketType::kPuback;
}

}  // namespace

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
        end_of_session_->unsubscribed(last_received_);
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
  if (std::string error = session_.connack(*answer); !error.empty()) {
    if (end_of_session_ && !session_.falls_back()) {
      end_of_session_->refused(answer->code, unconnected(error, true));
    }
    return error;
  }
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
                session_.retain_handling());
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
  if (limits_.skips(publish->topic, bytes) ||
      session_.skips(publish->topic, publish->retained, publish->dup)) {
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
  std::string_view topic = publish.topic;
  if (!is_text(topic)) {
    context_.add(kBadTopics);
    topic = clean_text(topic, next_text());
  }
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
  if (has_attributes_ && !publish.properties.empty()) add_attributes(publish, message);
  publishes_.push_back(publish);
  if (publish.qos > 0) taken_.order().took(publish.id, publish.dup);
  gathered_[publish.id] = true;
}

std::string& BulkConnection::next_text() {
  if (texts_used_ == texts_.size()) texts_.emplace_back();
  std::string& text = texts_[texts_used_++];
  text.clear();
  return text;
}

void BulkConnection::add_attributes(const Publish& publish, penstock_source_message& message) {
  if (!read_attributes(publish.properties, attributes_)) context_.add(kProtocolErrors);
  std::string& text = next_text();
  attributes_.append_to(text);
  message.attributes = {text.data(), text.size()};
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
  for (; texts_used_ > 0; --texts_used_) {
    std::string& text = texts_[texts_used_ - 1];
    if (text.capacity() > Attributes::kMostKept) std::string().swap(text);
  }
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

}  // namespace mqtt_source
