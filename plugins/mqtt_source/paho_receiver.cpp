#include "paho_receiver.hpp"

#include <penstock/backoff.hpp>

#include <algorithm>
#include <chrono>
#include <stdexcept>

#include "broker_address.hpp"

namespace mqtt_source {
namespace {

using namespace std::chrono_literals;

constexpr int kSubscriptionRefused = 0x80;  // and above: MQTT 3.1.1 §3.9.3, MQTT 5 §3.9.3

// How long the callback may wait for room in the intake before it asks for a pause.
constexpr auto kShortWait = 20ms;

std::string reason_of(int code, const char* message) {
  std::string text = message ? message : "";
  if (text.empty()) {
    const char* known = MQTTAsync_strerror(code);
    text = known ? known : "";
  }
  return text + (text.empty() ? "" : " ") + "(code " + std::to_string(code) + ")";
}

int code_of(const MQTTAsync_failureData& response) { return response.code; }
int code_of(const MQTTAsync_failureData5& response) {
  return response.reasonCode >= MQTTREASONCODE_UNSPECIFIED_ERROR ? response.reasonCode
                                                                 : response.code;
}

std::string refusal(const std::string& topic, int code) {
  return std::string(kRefusedSubscription) + " to " + topic + " (code " + std::to_string(code) +
         ")";
}

}  // namespace

PahoReceiver::PahoReceiver(const Options& options, penstock::Context& context)
    : options_(options), context_(context), limits_(options_, context) {
  for (const std::string& topic : options_.topics)
    topics_.push_back(const_cast<char*>(topic.c_str()));
  qos_.assign(topics_.size(), static_cast<int>(options_.qos));
  MQTTAsync_setTraceLevel(MQTTASYNC_TRACE_ERROR);

  MQTTAsync_createOptions create = MQTTAsync_createOptions_initializer5;
  if (options_.protocol != Protocol::kV5) create.MQTTVersion = MQTTVERSION_3_1_1;
  const int code =
      MQTTAsync_createWithOptions(&client_, options_.broker_url.c_str(), options_.client_id.c_str(),
                                  MQTTCLIENT_PERSISTENCE_NONE, nullptr, &create);
  if (code != MQTTASYNC_SUCCESS) {
    throw std::runtime_error("cannot make an MQTT client for " + options_.broker_url + ": " +
                             reason_of(code, nullptr));
  }
  MQTTAsync_setCallbacks(client_, this, on_connection_lost, on_message, nullptr);
  MQTTAsync_setConnected(client_, this, on_connected);
  context_.label(kBroker, options_.broker_url);
  context_.starting("connecting to " + options_.broker_url);
}

PahoReceiver::~PahoReceiver() {
  stop();
  MQTTAsync_destroy(&client_);
}

void PahoReceiver::start() {
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

void PahoReceiver::set_state(State state, const std::string& trouble) {
  const std::lock_guard lock(mutex_);
  state_ = state;
  context_.set(kConnected, state == State::kSubscribed ? 1 : 0);
  if (state == State::kSubscribed) {
    context_.info("connected to " + options_.broker_url);
    context_.healthy();
  } else if (!trouble.empty()) {
    context_.degraded(trouble);
  }
  changed_.notify_all();
}

void PahoReceiver::supervise() {
  penstock::Backoff backoff;
  bool first_attempt = true;
  std::unique_lock lock(mutex_);
  while (!stop_) {
    switch (state_) {
      case State::kDisconnected:
        // Whatever led here, a refused subscription too: attempts are apart.
        if (!first_attempt && changed_.wait_for(lock, backoff.next(), [&] { return stop_; })) break;
        first_attempt = false;
        lock.unlock();
        connect();
        lock.lock();
        break;
      case State::kPausing:
        lock.unlock();
        disconnect();
        // The broker keeps what comes meanwhile, as far as its queue for the session goes.
        while (!context_.wait_for_space(200ms)) {
          const std::lock_guard again(mutex_);
          if (stop_) break;
        }
        lock.lock();
        state_ = State::kDisconnected;
        break;
      default: {
        const State before = state_;
        if (before == State::kSubscribed) backoff.reset();
        changed_.wait(lock, [&] { return stop_ || state_ != before; });
      }
    }
  }
  lock.unlock();
  disconnect();
}

void PahoReceiver::connect() {
  set_state(State::kConnecting);
  MQTTAsync_connectOptions connect = MQTTAsync_connectOptions_initializer;
  MQTTAsync_SSLOptions tls = MQTTAsync_SSLOptions_initializer;
  MQTTProperties properties = MQTTProperties_initializer;
  if (options_.protocol == Protocol::kV5) {
    connect = MQTTAsync_connectOptions_initializer5;
    connect.cleanstart = options_.clean_session;
    MQTTProperty expiry = {};
    expiry.identifier = MQTTPROPERTY_CODE_SESSION_EXPIRY_INTERVAL;
    expiry.value.integer4 = options_.session_expiry_s();
    MQTTProperties_add(&properties, &expiry);
    connect.connectProperties = &properties;
    connect.onFailure5 = on_connect_failure;
  } else {
    connect.MQTTVersion = MQTTVERSION_3_1_1;
    connect.cleansession = options_.clean_session;
    connect.onFailure = on_connect_failure;
  }
  connect.context = this;
  connect.keepAliveInterval = static_cast<int>(options_.keep_alive_s());
  connect.connectTimeout = static_cast<int>(options_.connect_timeout_s());
  if (!options_.username.empty()) connect.username = options_.username.c_str();
  if (!options_.password.text.empty()) connect.password = options_.password.text.c_str();
  if (BrokerAddress::parse(options_.broker_url)->tls) {
    const auto or_null = [](const std::string& text) {
      return text.empty() ? nullptr : text.c_str();
    };
    tls.trustStore = or_null(options_.tls_ca);
    tls.keyStore = or_null(options_.tls_cert);
    tls.privateKey = or_null(options_.tls_key);
    tls.privateKeyPassword = or_null(options_.tls_key_password.text);
    tls.enableServerCertAuth = options_.tls_verify;
    tls.verify = options_.tls_verify;
    connect.ssl = &tls;
  }
  const int code = MQTTAsync_connect(client_, &connect);
  MQTTProperties_free(&properties);
  if (code != MQTTASYNC_SUCCESS) {
    set_state(State::kDisconnected,
              "cannot connect to " + options_.broker_url + ": " + reason_of(code, nullptr));
  }
}

// Waits until Paho is done with the connection: no callback comes after that.
void PahoReceiver::disconnect() {
  struct Done {
    std::mutex mutex;
    std::condition_variable changed;
    bool done = false;
    void set() {
      const std::lock_guard lock(mutex);
      done = true;
      changed.notify_all();
    }
  } done;
  MQTTAsync_disconnectOptions options = MQTTAsync_disconnectOptions_initializer;
  if (options_.protocol == Protocol::kV5) options = MQTTAsync_disconnectOptions_initializer5;
  options.timeout = 2000;
  options.context = &done;
  if (options_.protocol == Protocol::kV5) {
    options.onSuccess5 = [](void* d, MQTTAsync_successData5*) { static_cast<Done*>(d)->set(); };
    options.onFailure5 = [](void* d, MQTTAsync_failureData5*) { static_cast<Done*>(d)->set(); };
  } else {
    options.onSuccess = [](void* d, MQTTAsync_successData*) { static_cast<Done*>(d)->set(); };
    options.onFailure = [](void* d, MQTTAsync_failureData*) { static_cast<Done*>(d)->set(); };
  }
  if (MQTTAsync_disconnect(client_, &options) == MQTTASYNC_SUCCESS) {
    std::unique_lock lock(done.mutex);
    done.changed.wait(lock, [&] { return done.done; });
  }
  context_.set(kConnected, 0);
}

void PahoReceiver::on_connected(void* self, char*) {
  auto& receiver = *static_cast<PahoReceiver*>(self);
  receiver.set_state(State::kConnected);
  receiver.subscribe();
}

void PahoReceiver::subscribe() {
  MQTTAsync_responseOptions options = MQTTAsync_responseOptions_initializer;
  options.context = this;
  if (options_.protocol == Protocol::kV5) {
    options.onSuccess5 = on_subscribed;
    options.onFailure5 = on_subscribe_failure;
  } else {
    options.onSuccess = on_subscribed;
    options.onFailure = on_subscribe_failure;
  }
  const int code = MQTTAsync_subscribeMany(client_, static_cast<int>(topics_.size()),
                                           topics_.data(), qos_.data(), &options);
  if (code != MQTTASYNC_SUCCESS) {
    subscribed("subscribing failed: " + reason_of(code, nullptr));
  }
}

// A refused subscription is tried again with a new connection, as a failed one is.
void PahoReceiver::subscribed(const std::string& refused) {
  if (refused.empty()) set_state(State::kSubscribed);
  else set_state(State::kPausing, refused);
}

template <class Success>
void PahoReceiver::on_subscribed(void* self, Success* response) {
  auto& receiver = *static_cast<PahoReceiver*>(self);
  const size_t count = receiver.topics_.size();
  std::string refused;
  for (size_t i = 0; i < count; ++i) {
    int code = 0;
    if constexpr (std::is_same_v<Success, MQTTAsync_successData>) {
      code = count == 1 ? response->alt.qos : response->alt.qosList[i];
    } else {
      code = count == 1 ? response->reasonCode : response->alt.sub.reasonCodes[i];
    }
    if (code >= kSubscriptionRefused) {
      refused = refusal(receiver.options_.topics[i], code);
    }
  }
  receiver.subscribed(refused);
}

template <class Failure>
void PahoReceiver::on_subscribe_failure(void* self, Failure* response) {
  auto& receiver = *static_cast<PahoReceiver*>(self);
  const int code = code_of(*response);
  // Of one topic Paho takes the broker's code for a failure.
  const bool of_one = receiver.topics_.size() == 1 && code >= kSubscriptionRefused;
  receiver.subscribed(of_one ? refusal(receiver.options_.topics[0], code)
                             : std::string(kRefusedSubscription) + ": " +
                                   reason_of(code, response->message));
}

template <class Failure>
void PahoReceiver::on_connect_failure(void* self, Failure* response) {
  auto& receiver = *static_cast<PahoReceiver*>(self);
  receiver.set_state(State::kDisconnected, "cannot connect to " + receiver.options_.broker_url +
                                               ": " +
                                               reason_of(code_of(*response), response->message));
}

void PahoReceiver::on_connection_lost(void* self, char* cause) {
  auto& receiver = *static_cast<PahoReceiver*>(self);
  receiver.context_.add(kReconnects);
  receiver.set_state(State::kDisconnected, "the connection to " + receiver.options_.broker_url +
                                               " was lost" +
                                               (cause ? ": " + std::string(cause) : ""));
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
  if (context_.append({&view, 1}) == 1) return;
  if (context_.wait_for_space(kShortWait) && context_.append({&view, 1}) == 1) return;
  // It will be acknowledged whatever we do, so it must be taken; then no more, for a while.
  context_.append({&view, 1}, PENSTOCK_APPEND_FORCE);
  const std::lock_guard lock(mutex_);
  if (state_ == State::kSubscribed) {
    state_ = State::kPausing;
    changed_.notify_all();
  }
}

}  // namespace mqtt_source
