// The receiver that uses Eclipse Paho's MQTTAsync.
//
// What the code relies on, as read in Paho MQTT C 1.3.12:
// * src/MQTTProtocolClient.c, MQTTProtocol_handlePublishes: for QoS 1 messageArrived is called
//   before the PUBACK is written, so what the callback has appended when it returns is in the
//   intake before the broker forgets it.
// * the same function, QoS 2: with 3.1.1 the PUBREC is written while only Paho's memory has the
//   message; with 5 a known identifier is considered a repetition, whatever the message. So
//   option_check.cpp refuses QoS 2.
// * src/MQTTAsyncUtils.c, MQTTAsync_deliverMessage: a callback that returns 0 gets the message
// again
//   later, but Paho acknowledges it in any case; so 1 is always returned.
// * one thread receives for all clients of the process and sends their pings, under one mutex; so
//   the callback waits for milliseconds at most.
// * reconnecting does not resubscribe; so we subscribe every time.
// * src/MQTTAsyncUtils.c, MQTTAsync_receiveThread: a Server Keep Alive is ignored, so we reconnect
//   with the broker's (MQTT 5 §3.2.2.3.14); after a DISCONNECT `disconnected` is called, and
//   `connectionLost` is not.
// * nextOrClose: a failed attempt is reported without its cause, so an attempt of our own looks for
//   it; the properties of a refusing CONNACK are not reported.
// * src/WebSocket.c, WebSocket_receiveFrame: if not all frames of a message have come, those that
//   were read are lost, and the rest ends the next connections, too.
#pragma once

#include <MQTTAsync.h>
#include <penstock/context.hpp>

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "options.hpp"
#include "receiver.hpp"
#include "session.hpp"
#include "size_limits.hpp"
#include "transport.hpp"
#include "trouble.hpp"

namespace mqtt_source {

class PahoReceiver final : public Receiver {
 public:
  PahoReceiver(const Options& options, penstock::Context& context);
  ~PahoReceiver() override;
  PahoReceiver(const PahoReceiver&) = delete;
  PahoReceiver& operator=(const PahoReceiver&) = delete;

  void start() override;
  // Also disconnects.
  void stop() override;
  // Paho acknowledges when the callback has returned.
  void acknowledged(uint64_t) override {}

 private:
  enum class State {
    kDisconnected,  // the next attempt is due after a pause
    kDue,           // the next attempt is due at once
    kConnecting,
    kFailed,  // an attempt: see failed_
    kSubscribing,
    kSubscribed,
    kPausing,   // to disconnect until the intake has room
    kRenewing,  // to disconnect and connect again at once
  };
  struct FailedAttempt {
    int code = 0;
    std::string message;
  };

  // The thread that connects, and reconnects after failures and pauses.
  void supervise();
  void make_client();
  void connect(std::unique_lock<std::mutex>& lock);
  void disconnect();
  // Why an attempt failed, for people.
  std::string cause_of(const FailedAttempt& failure);
  State tell_failure(const std::string& why);

  // Under mutex_.
  void set_state(State state);

  // Paho's threads.
  void connected(const Connack& answer);
  void unsubscribe();
  void subscribe();
  void subscribed(const Suback& answer);
  void lost(const std::string& why);
  template <class Success>
  static void on_connected(void* self, Success* response);
  template <class Failure>
  static void on_connect_failure(void* self, Failure* response);
  static void disconnect_done(void* self);
  static void on_connection_lost(void* self, char* cause);
  static void on_disconnected(void* self, MQTTProperties* properties, MQTTReasonCodes code);
  static int on_message(void* self, char* topic, int topic_length, MQTTAsync_message* message);
  template <class Success>
  static void on_unsubscribed(void* self, Success* response);
  template <class Success>
  static void on_subscribed(void* self, Success* response);
  template <class Failure>
  static void on_subscribe_failure(void* self, Failure* response);
  void append(std::string_view topic, const MQTTAsync_message& message);

  const Options options_;
  const BrokerAddress address_;
  penstock::Context& context_;
  SizeLimits limits_;
  const bool has_attributes_;  // the column is wanted
  Attributes attributes_;      // of Paho's receiving thread
  std::vector<char*> topics_;
  std::vector<int> qos_;
  Transport probe_;
  MQTTAsync client_ = nullptr;
  Version client_version_ = Version::kV5;

  std::mutex mutex_;
  std::condition_variable changed_;
  // Under mutex_.
  Session session_;
  Trouble trouble_;
  State state_ = State::kDisconnected;
  FailedAttempt failed_;
  int64_t keep_alive_s_;
  std::vector<std::string> leaving_;  // asked to be unsubscribed from
  bool renewed_ = false;              // since the last subscription
  std::chrono::steady_clock::time_point subscribed_at_{};
  bool stop_ = false;

  std::mutex disconnect_mutex_;
  std::condition_variable disconnected_;
  bool is_disconnecting_ = false;  // under disconnect_mutex_

  std::thread thread_;
};

}  // namespace mqtt_source
