// What an MqttClient does with the broker's packets.
#include <utility>

#include "mqtt_client.hpp"

namespace mqtt_source {

void MqttClient::received(size_t bytes, Clock::time_point now) {
  keep_alive_.received(now);
  stream_.received(bytes);
}

MqttClient::Event MqttClient::next() {
  while (why_.empty()) {
    if (gathered_.is_full()) return Event::kMessages;
    if (unappended_) {
      if (!gathered_.empty()) return Event::kMessages;
      acknowledge_unappended();
    }
    if (!std::exchange(is_packet_due_, false)) {
      const PacketStream::Next next = stream_.next(packet_);
      if (next == PacketStream::Next::kNeedsMore) break;
      if (next == PacketStream::Next::kMalformed) return malformed("a packet's length");
      if (packet_.type == PacketType::kPublish) ++publishes_;
    }
    const Event event = handle();
    if (event == Event::kEnded) break;
    if (event != Event::kNone) return event;
  }
  if (!gathered_.empty()) return Event::kMessages;
  messages_read_ = std::exchange(publishes_, 0);
  if (messages_read_ > 0) {
    context_.add(kReceived, static_cast<double>(messages_read_));
    if (end_of_session_) end_of_session_->came(keep_alive_.last_received());
  }
  return why_.empty() ? Event::kNone : Event::kEnded;
}

MqttClient::Event MqttClient::end(std::string why) {
  why_ = std::move(why);
  return Event::kEnded;
}

MqttClient::Event MqttClient::malformed(const char* what) {
  context_.add(kProtocolErrors);
  put_disconnect(output_, version_, kMalformedPacket);
  why_ = std::string("the broker sent invalid MQTT: ") + what;
  return Event::kSend;
}

MqttClient::Event MqttClient::messages_first() {
  is_packet_due_ = true;
  return Event::kMessages;
}

MqttClient::Event MqttClient::handle() {
  if (state_ == State::kConnecting && packet_.type != PacketType::kConnack) {
    return malformed("a packet before CONNACK");
  }
  switch (packet_.type) {
    case PacketType::kPublish: return handle_publish();
    case PacketType::kPubrel: return handle_pubrel();
    case PacketType::kConnack: return handle_connack();
    case PacketType::kSuback: return handle_suback();
    case PacketType::kUnsuback: return handle_unsuback();
    case PacketType::kPingresp: return handle_pingresp();
    case PacketType::kDisconnect: return handle_disconnect();
    default: return malformed("a packet that no broker sends");
  }
}

MqttClient::Event MqttClient::handle_connack() {
  const Clock::time_point now = keep_alive_.last_received();
  const std::optional<Connack> answer = read_connack(packet_, version_);
  if (!answer || state_ != State::kConnecting) return malformed("CONNACK");
  if (answer->code == 0 && !answer->session_present) taken_.forget();
  if (std::string error = session_.connack(*answer, now); !error.empty()) {
    if (end_of_session_ && !falls_back()) {
      end_of_session_->refused(answer->code, unconnected_text(options_.broker_url, error, true));
    }
    return end(std::move(error));
  }
  taken_.begin_connection();
  if (answer->keep_alive_s) keep_alive_.set_interval(std::chrono::seconds(*answer->keep_alive_s));
  if (end_of_session_) {
    end_of_session_->accepted(answer->session_present, now);
    return subscribed();
  }
  leaving_ = session_.to_leave();
  if (!leaving_.empty()) put_unsubscribe(output_, version_, leaving_);
  put_subscribe(output_, version_, options_.topics, static_cast<uint8_t>(options_.qos),
                session_.retain_handling());
  state_ = State::kSubscribing;
  deadline_ = now + options_.connect_timeout;
  return Event::kNone;
}

MqttClient::Event MqttClient::handle_suback() {
  const std::optional<Suback> answer = read_suback(packet_, version_);
  if (!answer || answer->codes.size() != options_.topics.size()) return malformed("SUBACK");
  std::string error = session_.suback(*answer, keep_alive_.last_received());
  return error.empty() ? subscribed() : end(std::move(error));
}

MqttClient::Event MqttClient::subscribed() {
  state_ = State::kSubscribed;
  subscribed_at_ = keep_alive_.last_received();
  return Event::kSubscribed;
}

MqttClient::Event MqttClient::handle_unsuback() {
  const std::optional<std::vector<uint8_t>> codes = read_unsuback(packet_, version_);
  if (!codes) return malformed("UNSUBACK");
  if (end_of_session_) {
    end_of_session_->unsubscribed(keep_alive_.last_received());
    session_.left(*codes);
  } else {
    session_.unsuback(leaving_, *codes);
  }
  return Event::kNone;
}

MqttClient::Event MqttClient::handle_publish() {
  const std::optional<Publish> publish = read_publish(packet_, version_);
  if (!publish) return malformed("PUBLISH");
  const size_t bytes = packet_.oversize ? SizeLimits::kNotRead : publish->payload.size();
  if (limits_.skips(publish->topic, bytes) ||
      session_.skips(publish->topic, publish->retained, publish->dup,
                     keep_alive_.last_received())) {
    if (publish->qos > 0) unappended_ = {*publish, true, 0};
    return Event::kNone;
  }
  if (publish->qos > 0) {
    if (publish->qos == 2 || publish->dup) {
      // The first one may be of the same read.
      if (gathered_.holds(publish->id)) return messages_first();
      if (handle_repetition(*publish)) return Event::kNone;
    }
    taken_.order().took(publish->id, publish->dup);
  }
  gathered_.add(*publish);
  return Event::kNone;
}

// False: it is no repetition.
bool MqttClient::handle_repetition(const Publish& publish) {
  const std::optional<TakenMessages::Taken> first = taken_.first_of(publish);
  if (!first) return false;
  context_.add(kRepeated);
  const bool is_owed = first->here && first->position > taken_.acknowledged();
  if (is_owed) return true;
  taken_.repeated(publish);
  unappended_ = {publish, false, first->position};
  return true;
}

// What is not appended is acknowledged after what came before it (MQTT 5 §4.6, MQTT-4.6.0-2).
void MqttClient::acknowledge_unappended() {
  const auto& [publish, is_skipped, position] = *unappended_;
  acknowledgements_.put(position, answer_to(publish), publish.id, output_);
  if (is_skipped) {
    taken_.forget(publish.id);
    taken_.order().took(publish.id, publish.dup);
  }
  unappended_.reset();
}

MqttClient::Event MqttClient::handle_pubrel() {
  const std::optional<uint16_t> id = read_pubrel(packet_);
  if (!id) return malformed("PUBREL");
  if (gathered_.holds(*id)) return messages_first();
  if (end_of_session_) end_of_session_->came(keep_alive_.last_received());
  taken_.release(*id);
  put_acknowledgement(output_, PacketType::kPubcomp, *id);
  return Event::kNone;
}

MqttClient::Event MqttClient::handle_pingresp() {
  keep_alive_.answered();
  if (keep_alive_.all_answered()) taken_.order().answered();
  return Event::kNone;
}

MqttClient::Event MqttClient::handle_disconnect() {
  const std::optional<Disconnect> why = read_disconnect(packet_);
  if (!why) return malformed("DISCONNECT");
  if (end_of_session_ && why->code == kSessionTakenOver) end_of_session_->taken_over();
  return end("the broker disconnected: " + reason_text(*why, version_));
}

}  // namespace mqtt_source
