// The callbacks, which Paho's threads call.
#include <cstring>
#include <exception>

#include "mqtt_text.hpp"
#include "paho_answers.hpp"
#include "paho_receiver.hpp"

namespace mqtt_source {
namespace {

using namespace std::chrono_literals;

// How long the callback may wait for room in the intake before it requests a pause.
constexpr auto kShortWait = 20ms;

}  // namespace

template <class Success>
void PahoReceiver::on_connected(void* self, Success* response) {
  static_cast<PahoReceiver*>(self)->connected(connack_of(*response));
}

void PahoReceiver::connected(const Connack& answer) {
  {
    const std::lock_guard lock(mutex_);
    if (const std::string why = session_.connack(answer, Session::Clock::now()); !why.empty()) {
      trouble_.tell(why);
      set_state(State::kPausing);
      return;
    }
    const int64_t wanted = answer.keep_alive_s.value_or(static_cast<uint16_t>(keep_alive_s_));
    if (wanted != keep_alive_s_ && !renewed_) {
      keep_alive_s_ = wanted;
      renewed_ = true;
      set_state(State::kRenewing);
      return;
    }
    set_state(State::kSubscribing);
  }
  unsubscribe();
  subscribe();
}

void PahoReceiver::unsubscribe() {
  std::vector<char*> topics;
  {
    const std::lock_guard lock(mutex_);
    leaving_ = session_.to_leave();
    for (std::string& topic : leaving_) topics.push_back(topic.data());
  }
  if (topics.empty()) return;
  MQTTAsync_responseOptions options = MQTTAsync_responseOptions_initializer;
  options.context = this;
  if (client_version_ == Version::kV5) options.onSuccess5 = on_unsubscribed;
  else options.onSuccess = on_unsubscribed;
  MQTTAsync_unsubscribeMany(client_, static_cast<int>(topics.size()), topics.data(), &options);
}

template <class Success>
void PahoReceiver::on_unsubscribed(void* self, Success* response) {
  auto& receiver = *static_cast<PahoReceiver*>(self);
  const std::lock_guard lock(receiver.mutex_);
  receiver.session_.unsuback(receiver.leaving_,
                             unsuback_codes_of(*response, receiver.leaving_.size()));
}

void PahoReceiver::subscribe() {
  MQTTAsync_responseOptions options = MQTTAsync_responseOptions_initializer;
  MQTTSubscribe_options each = MQTTSubscribe_options_initializer;
  {
    const std::lock_guard lock(mutex_);
    each.retainHandling = static_cast<unsigned char>(session_.retain_handling());
  }
  std::vector<MQTTSubscribe_options> all(topics_.size(), each);
  options.context = this;
  if (client_version_ == Version::kV5) {
    options.onSuccess5 = on_subscribed;
    options.onFailure5 = on_subscribe_failure;
    options.subscribeOptions = each;
    options.subscribeOptionsCount = static_cast<int>(all.size());
    options.subscribeOptionsList = all.data();
  } else {
    options.onSuccess = on_subscribed;
    options.onFailure = on_subscribe_failure;
  }
  const int code = MQTTAsync_subscribeMany(client_, static_cast<int>(topics_.size()),
                                           topics_.data(), qos_.data(), &options);
  if (code == MQTTASYNC_SUCCESS) return;
  const std::lock_guard lock(mutex_);
  trouble_.tell("subscribing failed: " + reason_of(code));
  set_state(State::kPausing);
}

// A refused subscription is retried on a new connection, as a failed one is.
void PahoReceiver::subscribed(const Suback& answer) {
  const std::lock_guard lock(mutex_);
  if (const std::string refused = session_.suback(answer, Session::Clock::now());
      !refused.empty()) {
    trouble_.tell(refused);
    set_state(State::kPausing);
    return;
  }
  renewed_ = false;
  subscribed_at_ = Session::Clock::now();
  set_state(State::kSubscribed);
  context_.info("connected to " + options_.broker_url + " (" + session_.granted_text() + ")");
  trouble_.over();
}

template <class Success>
void PahoReceiver::on_subscribed(void* self, Success* response) {
  auto& receiver = *static_cast<PahoReceiver*>(self);
  receiver.subscribed(suback_of(*response, receiver.topics_.size()));
}

template <class Failure>
void PahoReceiver::on_subscribe_failure(void* self, Failure* response) {
  auto& receiver = *static_cast<PahoReceiver*>(self);
  const Suback answer = suback_of(*response);
  if (receiver.topics_.size() == 1 && answer.codes[0] >= kSubscriptionRefused) {
    receiver.subscribed(answer);
    return;
  }
  const std::lock_guard lock(receiver.mutex_);
  receiver.trouble_.tell("subscribing failed: " + reason_of(response->code));
  receiver.set_state(State::kPausing);
}

template <class Failure>
void PahoReceiver::on_connect_failure(void* self, Failure* response) {
  auto& receiver = *static_cast<PahoReceiver*>(self);
  const std::lock_guard lock(receiver.mutex_);
  if (receiver.state_ != State::kConnecting) return;
  receiver.failed_ = {response->code, response->message ? response->message : ""};
  receiver.set_state(State::kFailed);
}

void PahoReceiver::on_connection_lost(void* self, char*) {
  auto& receiver = *static_cast<PahoReceiver*>(self);
  receiver.lost(
      receiver.address_.web_socket
          ? "the broker closed the connection, did not answer a ping, or sent a message in "
            "several web socket frames, which Paho cannot read"
          : "the broker closed the connection or did not answer a ping");
}

void PahoReceiver::on_disconnected(void* self, MQTTProperties* properties, MQTTReasonCodes code) {
  Disconnect why;
  why.code = static_cast<uint8_t>(code);
  why.reason = text_property(*properties, MQTTPROPERTY_CODE_REASON_STRING);
  why.server_reference = text_property(*properties, MQTTPROPERTY_CODE_SERVER_REFERENCE);
  static_cast<PahoReceiver*>(self)->lost("the broker disconnected: " +
                                         reason_text(why, Version::kV5));
}

void PahoReceiver::lost(const std::string& why) {
  const std::lock_guard lock(mutex_);
  if (state_ != State::kSubscribed && state_ != State::kSubscribing) return;
  context_.add(kReconnects);
  trouble_.tell("the connection to " + options_.broker_url +
                " was lost: " + session_.lost(why, Session::Clock::now()));
  set_state(State::kDisconnected);
}

int PahoReceiver::on_message(void* self, char* topic, int topic_length,
                             MQTTAsync_message* message) {
  auto& receiver = *static_cast<PahoReceiver*>(self);
  // No exception may pass through Paho's C code.
  try {
    // The length is 0 unless the topic contains a NUL.
    receiver.append(
        {topic, topic_length > 0 ? static_cast<size_t>(topic_length) : std::strlen(topic)},
        *message);
  } catch (const std::exception& error) {
    receiver.context_.error(error.what());
  }
  MQTTAsync_freeMessage(&message);
  MQTTAsync_free(topic);
  return 1;
}

void PahoReceiver::append(std::string_view topic, const MQTTAsync_message& message) {
  context_.add(kReceived);
  if (limits_.skips(topic, static_cast<size_t>(message.payloadlen))) return;
  if (message.retained) {
    const std::lock_guard lock(mutex_);
    if (session_.skips(topic, true, message.dup != 0, Session::Clock::now())) return;
  }
  penstock_source_message view = penstock::source_message(
      topic, {static_cast<const char*>(message.payload), static_cast<size_t>(message.payloadlen)},
      now_us());
  if (message.retained) view.flags |= PENSTOCK_MESSAGE_RETAINED;
  if (message.dup) view.flags |= PENSTOCK_MESSAGE_DUPLICATE;
  if (message.qos > 0) view.identifier = static_cast<uint32_t>(message.msgid);
  std::string clean, attributes;
  // Paho acknowledges the message in any case: better without these than not at all.
  try {
    if (!is_text(topic)) {
      context_.add(kBadTopics);
      const std::string_view cleaned = clean_text(topic, clean);
      view.topic = {cleaned.data(), cleaned.size()};
    }
    if (has_attributes_) {
      if (!read_attributes(message.properties, attributes_)) context_.add(kProtocolErrors);
      attributes_.append_to(attributes);
      view.attributes = {attributes.data(), attributes.size()};
    }
  } catch (const std::exception& error) {
    attributes_.clear();
    context_.add(kBare);
    context_.error(error.what());
  }
  if (context_.append({&view, 1}) == 1) return;
  if (context_.wait_for_space(kShortWait) && context_.append({&view, 1}) == 1) return;
  // It will be acknowledged whatever we do, so take it, and then no more for a while.
  context_.append({&view, 1}, PENSTOCK_APPEND_FORCE);
  const std::lock_guard lock(mutex_);
  if (state_ == State::kSubscribed) set_state(State::kPausing);
}

// For connect().
template void PahoReceiver::on_connected(void*, MQTTAsync_successData*);
template void PahoReceiver::on_connected(void*, MQTTAsync_successData5*);
template void PahoReceiver::on_connect_failure(void*, MQTTAsync_failureData*);
template void PahoReceiver::on_connect_failure(void*, MQTTAsync_failureData5*);

}  // namespace mqtt_source
