// Messages by Eclipse Paho's MQTTAsync.
//
// What the code relies on, read in Paho MQTT C 1.3.12:
// * src/MQTTProtocolClient.c, MQTTProtocol_handlePublishes: for QoS 1 the message reaches
//   messageArrived before the PUBACK is written, so what we have appended by the time that
//   the callback returns is ours before the broker forgets it.
// * the same function, QoS 2: with 3.1.1 the PUBREC is written while only Paho's memory has the
//   message; with 5 a known identifier is taken for a repetition, whatever the message. So
//   option_check.cpp refuses it.
// * src/MQTTAsyncUtils.c, MQTTAsync_deliverMessage: a callback that returns 0 gets the
//   message again later, but it is acknowledged all the same; so 1 is always returned.
// * the same thread receives for all clients of the process and sends their pings, under
//   one mutex; so the callback waits for milliseconds at most.
// * reconnecting does not subscribe again; so we do, every time.
// * src/MQTTAsyncUtils.c, MQTTAsync_receiveThread: a Server Keep Alive is not followed, so a
//   connection whose broker has another one begins anew with that (MQTT 5 §3.2.2.3.14); after a
//   DISCONNECT `disconnected` is called, and `connectionLost` is not.
// * nextOrClose: a failed attempt is told by a few words and no cause, so the cause is looked for
//   by an attempt of our own; the properties of a CONNACK that refuses are not told.
// * src/WebSocket.c, WebSocket_receiveFrame: of a message in several frames, those read are lost
//   when the next has not come, and what is left ends the next connections, too.
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
  // Disconnects besides.
  void stop() override;
  // Paho acknowledges when the callback has returned: there is no other way.
  void acknowledged(uint64_t) override {}

 private:
  enum class State {
    kDisconnected,  // the next attempt is due after a pause
    kDue,           // at once
    kConnecting,
    kFailed,  // an attempt, as `failed_` says
    kSubscribing,
    kSubscribed,
    kPausing,   // to be disconnected until the intake has room
    kRenewing,  // likewise, and connected again at once
  };
  struct FailedAttempt {
    int code = 0;
    std::string message;
  };

  // The supervisor's thread: connects, and connects again after failures and pauses.
  void supervise();
  void make_client();
  void connect(std::unique_lock<std::mutex>& lock);
  void disconnect();
  // Why an attempt failed, in our words.
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
  const bool has_attributes_;  // the column is asked for
  Attributes attributes_;      // Paho's receiving thread's
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
