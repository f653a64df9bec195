// Messages by Eclipse Paho's MQTTAsync.
//
// What the code relies on, read in Paho MQTT C 1.3.12:
// * src/MQTTProtocolClient.c, MQTTProtocol_handlePublishes: for QoS 1 the message reaches
//   messageArrived before the PUBACK is written, so what we have appended by the time that
//   the callback returns is ours before the broker forgets it.
// * src/MQTTAsyncUtils.c, MQTTAsync_deliverMessage: a callback that returns 0 gets the
//   message again later, but it is acknowledged all the same; so 1 is always returned.
// * the same thread receives for all clients of the process and sends their pings, under
//   one mutex; so the callback waits for milliseconds at most.
// * reconnecting does not subscribe again; so `connected` does, every time.
#pragma once

#include <MQTTAsync.h>
#include <penstock/context.hpp>

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "message_limits.hpp"
#include "options.hpp"
#include "receiver.hpp"

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
  enum class State { kDisconnected, kConnecting, kConnected, kSubscribed, kPausing };

  // The supervisor's thread: connects, and connects again after failures and pauses.
  void supervise();
  void connect();
  void disconnect();
  void set_state(State state, const std::string& trouble = "");

  // Paho's threads.
  static void on_connected(void* self, char* cause);
  static void on_connection_lost(void* self, char* cause);
  static int on_message(void* self, char* topic, int topic_length, MQTTAsync_message* message);
  template <class Failure>
  static void on_connect_failure(void* self, Failure* response);
  template <class Success>
  static void on_subscribed(void* self, Success* response);
  template <class Failure>
  static void on_subscribe_failure(void* self, Failure* response);
  void subscribe();
  void append(const char* topic, size_t topic_size, const MQTTAsync_message& message);
  void subscribed(const std::string& refused);

  const Options options_;
  penstock::Context& context_;
  MessageLimits limits_;
  std::vector<char*> topics_;
  std::vector<int> qos_;
  MQTTAsync client_ = nullptr;

  std::mutex mutex_;
  std::condition_variable changed_;
  State state_ = State::kDisconnected;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace mqtt_source
