#include "paho_receiver.hpp"

#include <penstock/backoff.hpp>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <stdexcept>

#include "paho_answers.hpp"

namespace mqtt_source {
namespace {

using namespace std::chrono_literals;

// How long the callback may wait for room in the intake before it asks for a pause.
constexpr auto kShortWait = 20ms;

// A connection that lasted this long was a good one: the next attempt comes soon.
constexpr auto kStable = 5s;

constexpr auto kDisconnectTimeout = 2000ms;

// For the attempt that looks for a cause.
constexpr auto kProbeTimeout = 2000ms;

// What Paho calls the failures of an attempt.
constexpr const char* kConnackFailure = "CONNACK return code";
constexpr const char* kTimeoutFailure = "TCP connect timeout";

}  // namespace

PahoReceiver::PahoReceiver(const Options& options, penstock::Context& context)
    : options_(options),
      address_(*BrokerAddress::parse(options.broker_url)),
      context_(context),
      limits_(options_, context),
      probe_(address_, options_),
      session_(options_, context, options.client_id),
      trouble_(context),
      keep_alive_s_(options.keep_alive_s()) {
  for (const std::string& topic : options_.topics)
    topics_.push_back(const_cast<char*>(topic.c_str()));
  qos_.assign(topics_.size(), static_cast<int>(options_.qos));
  MQTTAsync_setTraceLevel(MQTTASYNC_TRACE_ERROR);
  client_version_ = session_.version();
  make_client();
  context_.label(kBroker, options_.broker_url);
  context_.starting("connecting to " + options_.broker_url);
}

// A client is of one version. The former one goes last, since with the last one Paho ends its
// threads.
void PahoReceiver::make_client() {
  MQTTAsync former = client_;
  MQTTAsync_createOptions create = MQTTAsync_createOptions_initializer5;
  if (client_version_ != Version::kV5) create.MQTTVersion = MQTTVERSION_3_1_1;
  const int code =
      MQTTAsync_createWithOptions(&client_, options_.broker_url.c_str(), options_.client_id.c_str(),
                                  MQTTCLIENT_PERSISTENCE_NONE, nullptr, &create);
  if (code != MQTTASYNC_SUCCESS) {
    client_ = former;
    throw std::runtime_error("cannot make an MQTT client for " + options_.broker_url + ": " +
                             reason_of(code));
  }
  MQTTAsync_setCallbacks(client_, this, on_connection_lost, on_message, nullptr);
  MQTTAsync_setDisconnected(client_, this, on_disconnected);
  if (former) MQTTAsync_destroy(&former);
}

PahoReceiver::~PahoReceiver() {
  stop();
  MQTTAsync_destroy(&client_);
}

void PahoReceiver::start() {
  penstock_kept state = PENSTOCK_KEPT_NEW;
  if (void* known = context_.keep("subscriptions", KnownSubscriptions::kBytes, state)) {
    session_.resume(known);
  }
  thread_ = std::thread([this] { supervise(); });
}

void PahoReceiver::stop() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void PahoReceiver::set_state(State state) {
  state_ = state;
  context_.set(kConnected, state == State::kSubscribed ? 1 : 0);
  changed_.notify_all();
}

void PahoReceiver::supervise() {
  penstock::Backoff backoff;
  bool first_attempt = true;
  std::unique_lock lock(mutex_);
  while (!stop_) {
    const State before = state_;
    switch (before) {
      case State::kDisconnected:
        // Whatever led here, a refused subscription too: attempts are apart.
        if (!first_attempt && changed_.wait_for(lock, backoff.next(), [&] { return stop_; })) break;
        [[fallthrough]];
      case State::kDue:
        first_attempt = false;
        connect(lock);
        break;
      case State::kFailed: {
        const FailedAttempt failure = failed_;
        lock.unlock();
        const std::string cause = cause_of(failure);
        lock.lock();
        set_state(tell_failure(cause));
        break;
      }
      case State::kPausing:
      case State::kRenewing:
        lock.unlock();
        disconnect();
        // The broker keeps what comes meanwhile, as far as its queue for the session goes.
        while (before == State::kPausing && !context_.wait_for_space(200ms)) {
          const std::lock_guard again(mutex_);
          if (stop_) break;
        }
        lock.lock();
        set_state(before == State::kRenewing ? State::kDue : State::kDisconnected);
        break;
      default:
        changed_.wait(lock, [&] { return stop_ || state_ != before; });
        if (before == State::kSubscribed && Session::Clock::now() - subscribed_at_ > kStable) {
          backoff.reset();
        }
    }
  }
  lock.unlock();
  disconnect();
}

void PahoReceiver::connect(std::unique_lock<std::mutex>& lock) {
  set_state(State::kConnecting);
  const ConnectRequest request = session_.begin();
  const bool is_new = request.version == Version::kV5;
  const int64_t keep_alive_s = keep_alive_s_;
  lock.unlock();
  // By Paho's mutex it waits for the end of what told us that the former connection was lost.
  MQTTAsync_isConnected(client_);
  if (request.version != client_version_) {
    client_version_ = request.version;
    make_client();
  }
  MQTTAsync_connectOptions connect = MQTTAsync_connectOptions_initializer;
  MQTTAsync_SSLOptions tls = MQTTAsync_SSLOptions_initializer;
  MQTTProperties properties = MQTTProperties_initializer;
  if (is_new) {
    connect = MQTTAsync_connectOptions_initializer5;
    connect.cleanstart = request.clean;
    MQTTProperty expiry = {};
    expiry.identifier = MQTTPROPERTY_CODE_SESSION_EXPIRY_INTERVAL;
    expiry.value.integer4 = request.session_expiry_s;
    MQTTProperties_add(&properties, &expiry);
    connect.connectProperties = &properties;
    connect.onSuccess5 = on_connected;
    connect.onFailure5 = on_connect_failure;
  } else {
    connect.MQTTVersion = MQTTVERSION_3_1_1;
    connect.cleansession = request.clean;
    connect.onSuccess = on_connected;
    connect.onFailure = on_connect_failure;
  }
  connect.context = this;
  connect.keepAliveInterval = static_cast<int>(keep_alive_s);
  connect.connectTimeout = static_cast<int>(options_.connect_timeout_s());
  if (!options_.username.empty()) connect.username = options_.username.c_str();
  if (!options_.password.text.empty()) connect.password = options_.password.text.c_str();
  const std::string alpn = options_.alpn_list();
  if (address_.tls) {
    const auto or_null = [](const std::string& text) {
      return text.empty() ? nullptr : text.c_str();
    };
    tls.trustStore = or_null(options_.tls_ca);
    tls.keyStore = or_null(options_.tls_cert);
    tls.privateKey = or_null(options_.tls_key);
    tls.privateKeyPassword = or_null(options_.tls_key_password.text);
    tls.enableServerCertAuth = options_.tls_verify;
    tls.verify = options_.tls_verify;
    if (!alpn.empty()) {
      tls.protos = reinterpret_cast<const unsigned char*>(alpn.data());
      tls.protos_len = static_cast<unsigned>(alpn.size());
    }
    connect.ssl = &tls;
  }
  const int code = MQTTAsync_connect(client_, &connect);
  MQTTProperties_free(&properties);
  lock.lock();
  if (code != MQTTASYNC_SUCCESS) {
    failed_ = {code, ""};
    set_state(State::kFailed);
  }
}

std::string PahoReceiver::cause_of(const FailedAttempt& failure) {
  if (failure.message == kConnackFailure) {
    Connack answer;
    answer.code = static_cast<uint8_t>(failure.code);
    const std::lock_guard lock(mutex_);
    return session_.connack(answer);
  }
  if (failure.message.empty()) return reason_of(failure.code);
  const std::string unreachable = probe_.open(
      std::min<std::chrono::milliseconds>(
          kProbeTimeout,
          std::chrono::duration_cast<std::chrono::milliseconds>(options_.connect_timeout)),
      -1);
  probe_.close();
  if (!unreachable.empty()) return unreachable;
  const std::lock_guard lock(mutex_);
  return session_.no_answer(failure.message != kTimeoutFailure);
}

PahoReceiver::State PahoReceiver::tell_failure(const std::string& why) {
  if (session_.falls_back()) {
    context_.info(why + "; MQTT 3.1.1 is tried");
    return State::kDue;
  }
  trouble_.tell("cannot connect to " + options_.broker_url + ": " + why + "; " + advice_for(why));
  return State::kDisconnected;
}

// Waits until Paho is done with the connection: no callback comes after that. One that breaks at
// the same moment is not told, so it does not wait for ever.
void PahoReceiver::disconnect() {
  const bool is_new = client_version_ == Version::kV5;
  MQTTAsync_disconnectOptions options = MQTTAsync_disconnectOptions_initializer;
  if (is_new) options = MQTTAsync_disconnectOptions_initializer5;
  options.timeout = static_cast<int>(kDisconnectTimeout.count());
  options.context = this;
  if (is_new) {
    options.onSuccess5 = [](void* self, MQTTAsync_successData5*) { disconnect_done(self); };
    options.onFailure5 = [](void* self, MQTTAsync_failureData5*) { disconnect_done(self); };
  } else {
    options.onSuccess = [](void* self, MQTTAsync_successData*) { disconnect_done(self); };
    options.onFailure = [](void* self, MQTTAsync_failureData*) { disconnect_done(self); };
  }
  std::unique_lock lock(disconnect_mutex_);
  is_disconnecting_ = true;
  lock.unlock();
  const int code = MQTTAsync_disconnect(client_, &options);
  lock.lock();
  if (code == MQTTASYNC_SUCCESS) {
    disconnected_.wait_for(lock, 2 * kDisconnectTimeout, [&] { return !is_disconnecting_; });
  }
  context_.set(kConnected, 0);
}

void PahoReceiver::disconnect_done(void* self) {
  auto& receiver = *static_cast<PahoReceiver*>(self);
  const std::lock_guard lock(receiver.disconnect_mutex_);
  receiver.is_disconnecting_ = false;
  receiver.disconnected_.notify_all();
}

template <class Success>
void PahoReceiver::on_connected(void* self, Success* response) {
  static_cast<PahoReceiver*>(self)->connected(connack_of(*response));
}

void PahoReceiver::connected(const Connack& answer) {
  {
    const std::lock_guard lock(mutex_);
    if (const std::string why = session_.connack(answer); !why.empty()) {
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
  each.retainHandling = static_cast<unsigned char>(options_.retained);
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

// A refused subscription is tried again with a new connection, as a failed one is.
void PahoReceiver::subscribed(const Suback& answer) {
  const std::lock_guard lock(mutex_);
  if (const std::string refused = session_.suback(answer); !refused.empty()) {
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
  receiver.lost(receiver.address_.web_socket
                    ? "the broker closed it, answered no ping, or sent a message in several web "
                      "socket frames, which Paho cannot read"
                    : "the broker closed it, or answered no ping");
}

void PahoReceiver::on_disconnected(void* self, MQTTProperties* properties, MQTTReasonCodes code) {
  Disconnect why;
  why.code = static_cast<uint8_t>(code);
  why.reason = text_property(*properties, MQTTPROPERTY_CODE_REASON_STRING);
  why.server_reference = text_property(*properties, MQTTPROPERTY_CODE_SERVER_REFERENCE);
  static_cast<PahoReceiver*>(self)->lost("the broker ended it: " + reason_text(why, Version::kV5));
}

void PahoReceiver::lost(const std::string& why) {
  const std::lock_guard lock(mutex_);
  if (state_ != State::kSubscribed && state_ != State::kSubscribing) return;
  context_.add(kReconnects);
  trouble_.tell("the connection to " + options_.broker_url + " was lost: " + session_.lost(why));
  set_state(State::kDisconnected);
}

int PahoReceiver::on_message(void* self, char* topic, int topic_length,
                             MQTTAsync_message* message) {
  auto& receiver = *static_cast<PahoReceiver*>(self);
  // The length is 0 unless the topic holds a NUL.
  receiver.append(topic, topic_length > 0 ? static_cast<size_t>(topic_length) : std::strlen(topic),
                  *message);
  MQTTAsync_freeMessage(&message);
  MQTTAsync_free(topic);
  return 1;
}

void PahoReceiver::append(const char* topic, size_t topic_size, const MQTTAsync_message& message) {
  penstock_source_message view = penstock::source_message(
      {topic, topic_size},
      {static_cast<const char*>(message.payload), static_cast<size_t>(message.payloadlen)},
      now_us());
  if (message.retained) view.flags |= PENSTOCK_MESSAGE_RETAINED;
  if (message.dup) view.flags |= PENSTOCK_MESSAGE_DUPLICATE;
  if (message.qos > 0) view.identifier = static_cast<uint32_t>(message.msgid);
  context_.add(kReceived);
  if (limits_.skips({topic, topic_size}, view.payload.size)) return;
  if (session_.skips(message.retained != 0)) return;
  if (context_.append({&view, 1}) == 1) return;
  if (context_.wait_for_space(kShortWait) && context_.append({&view, 1}) == 1) return;
  // It will be acknowledged whatever we do, so it must be taken; then no more, for a while.
  context_.append({&view, 1}, PENSTOCK_APPEND_FORCE);
  const std::lock_guard lock(mutex_);
  if (state_ == State::kSubscribed) set_state(State::kPausing);
}

}  // namespace mqtt_source
