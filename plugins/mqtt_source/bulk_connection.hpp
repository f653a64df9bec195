// The I/O of one session's connections: transport, thread, clock and poll for an MqttClient. Reads
// in large pieces, appends the messages of a read together, and acknowledges them in one write.
#pragma once

#include <penstock/backoff.hpp>
#include <penstock/context.hpp>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "mqtt_client.hpp"
#include "pace.hpp"
#include "transport.hpp"

namespace mqtt_source {

// What the connections of one source share.
struct Shared {
  const Options& options;
  BrokerAddress address;
  penstock::Context& context;
  std::mutex append_mutex;                  // one thread at a time appends to an intake
  std::atomic<uint64_t> safe_position = 0;  // of the intake
  // Connection `index` is subscribed, with what the broker granted; or is not, and why.
  std::function<void(size_t index, bool subscribed, const std::string& text)> report;
  // The session is ended, or could not be.
  std::function<void(size_t index, const SessionEnd& end)> report_end;
};

class BulkConnection {
 public:
  BulkConnection(Shared& shared, size_t index, std::string client_id);
  ~BulkConnection();
  BulkConnection(const BulkConnection&) = delete;
  BulkConnection& operator=(const BulkConnection&) = delete;

  // Before start.
  MqttClient& client() { return client_; }
  void start();
  // Stops reading. The connection stays until the destructor, to acknowledge what becomes safe.
  void stop();
  // The safe position has moved.
  void wake();

 private:
  using Clock = std::chrono::steady_clock;

  // What follows a connection.
  enum class Next { kWait, kAtOnce, kNothing };

  void run();
  Next connect();
  // Until the connection is lost or the end. These functions return why it was lost, or "".
  std::string serve();
  void leave();
  std::string read();
  std::string handle_packets();
  void append();
  bool append_once();
  std::string send();
  std::string tick();
  // Waits until something can be read or sent, or is to be acknowledged.
  std::string wait();
  void end_wait();
  void drain_wake_ups();
  bool may_read() const { return !stop_ && client_.may_read(); }

  Shared& shared_;
  penstock::Context& context_;
  const size_t index_;
  MqttClient client_;
  Transport transport_;
  Pace pace_;
  penstock::Backoff backoff_;

  int wake_fd_ = -1;
  std::atomic<bool> stop_ = false;  // reads no more
  std::atomic<bool> end_ = false;
  std::atomic<bool> waiting_ = false;  // a new safe position is worth a wake-up
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_handling_ = false;  // under mutex_: in handle_packets
  std::thread thread_;
};

}  // namespace mqtt_source
