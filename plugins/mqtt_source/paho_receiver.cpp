#include "paho_receiver.hpp"

#include <penstock/backoff.hpp>

#include <algorithm>
#include <chrono>
#include <stdexcept>

#include "paho_answers.hpp"

namespace mqtt_source {
namespace {

using namespace std::chrono_literals;

constexpr auto kDisconnectTimeout = 2000ms;

// For the attempt that looks for the cause of a failure.
constexpr auto kProbeTimeout = 2000ms;

// Paho's messages for failed attempts.
constexpr const char* kConnackFailure = "CONNACK return code";
constexpr const char* kTimeoutFailure = "TCP connect timeout";

}  // namespace

PahoReceiver::PahoReceiver(const Options& options, penstock::Context& context)
    : options_(options),
      address_(*BrokerAddress::parse(options.broker_url)),
      context_(context),
      limits_(options_, context),
      has_attributes_(context.has_column(PENSTOCK_COLUMN_ATTRIBUTES)),
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

// A Paho client has one version. The former one is destroyed last, because Paho ends its threads
// with its last client.
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
        // Not at once, whatever led here, including a refused subscription.
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
        // Meanwhile the broker queues messages, up to its limit for the session.
        while (before == State::kPausing && !context_.wait_for_space(200ms)) {
          const std::lock_guard again(mutex_);
          if (stop_) break;
        }
        lock.lock();
        set_state(before == State::kRenewing ? State::kDue : State::kDisconnected);
        break;
      default:
        while (before == State::kSubscribed && !session_.is_settled() &&
               !changed_.wait_for(lock, 1s, [&] { return stop_ || state_ != before; })) {
          session_.settle(true, Session::Clock::now());
        }
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
  const ConnectRequest request = session_.begin(Session::Clock::now());
  const bool is_new = request.version == Version::kV5;
  const int64_t keep_alive_s = keep_alive_s_;
  lock.unlock();
  // Takes Paho's mutex, and so waits for the end of the callback that reported a lost connection.
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
    return session_.connack(answer, Session::Clock::now());
  }
  if (failure.message.empty()) return reason_of(failure.code);
  std::string unreachable = probe_.open(
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
    context_.info(why + "; trying MQTT 3.1.1");
    return State::kDue;
  }
  trouble_.tell(unconnected_text(options_.broker_url, why, false));
  return State::kDisconnected;
}

// Waits until Paho is done with the connection; no callback comes after that. Paho does not report
// a connection that is lost at the same moment, so the wait has a limit.
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

}  // namespace mqtt_source
