// One connection to the broker, and its session: reads in large pieces, parses where the bytes
// lie, appends them together, and acknowledges in one write.
#pragma once

#include <penstock/backoff.hpp>
#include <penstock/context.hpp>

#include <atomic>
#include <bitset>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "acknowledgements.hpp"
#include "message_limits.hpp"
#include "pace.hpp"
#include "packets.hpp"
#include "session.hpp"
#include "session_end.hpp"
#include "taken_messages.hpp"
#include "transport.hpp"

namespace mqtt_source {

// What the connections of one source share.
struct Shared {
  const Options& options;
  BrokerAddress address;
  penstock::Context& context;
  std::mutex append_mutex;                  // an intake is appended to by one thread at a time
  std::atomic<uint64_t> safe_position = 0;  // of the intake
  // Tells that connection `index` is subscribed and to what, or in trouble and why.
  std::function<void(size_t index, bool subscribed, const std::string& text)> report;
  // Tells that a session that was to be ended is over with, or could not be ended.
  std::function<void(size_t index, const SessionEnd& end)> report_end;
};

class BulkConnection {
 public:
  BulkConnection(Shared& shared, size_t index, std::string client_id);
  ~BulkConnection();
  BulkConnection(const BulkConnection&) = delete;
  BulkConnection& operator=(const BulkConnection&) = delete;

  // What the intake's folder keeps of the session; before start. See TakenMessages::resume.
  void resume(void* memory, bool fits, uint64_t next_position);
  void resume_subscriptions(void* memory) { session_.resume(memory); }
  void resume_end(void* memory) { end_of_session_->resume(memory); }
  const std::string& client_id() const { return session_.client_id(); }
  void start();
  // Reads no more. The connection stays, to acknowledge what becomes safe, until the end.
  void stop();
  // The safe position has moved.
  void wake();

 private:
  enum class State { kConnecting, kSubscribing, kSubscribed };
  // What one append takes at most, so that the graph gets to work before a large read ends.
  static constexpr size_t kMostGathered = 2000;

  void run();
  // Until the connection breaks or the end; why it broke.
  std::string serve();
  // After `serve`. Whether the next attempt is due at once.
  bool tell_end(const std::string& error);
  ConnectRequest connect_request();
  // The next step to the session's end, if it is to be ended. Whether the connection has done its
  // part of that.
  bool advance_end();
  // `is_connected`: the broker was reached.
  std::string unconnected(const std::string& why, bool is_connected) const;
  std::string read_once();
  std::string handle_packets(size_t bytes);
  std::string handle(const Packet& packet);
  std::string handle_connack(const Packet& packet);
  std::string handle_suback(const Packet& packet);
  void begin_subscribed();
  std::string handle_publish(const Packet& packet);
  std::string malformed(const char* what);

  std::string handle_pingresp();
  void skip(const Publish& publish);
  bool is_repetition(const Publish& publish);
  void take(const Publish& publish);
  void add_attributes(const Publish& publish, penstock_source_message& message);
  std::string& next_text();  // for what a message has that no packet holds; until it is appended
  void append_gathered();
  size_t append_from(size_t done);
  void acknowledge(uint64_t position, PacketType type, uint16_t id);
  void acknowledge_in_order(uint64_t position, PacketType type, uint16_t id);
  // Puts what may leave by now.
  void release_held();
  std::string send();
  bool may_prove() const;
  void put_pingreq();
  std::string ping_if_due();
  // Until something can be read or sent, or is to be acknowledged.
  std::string wait();
  void end_wait();
  void drain_wake_ups();
  int poll_timeout_ms() const;
  bool may_read() const;

  Shared& shared_;
  const Options& options_;
  penstock::Context& context_;
  MessageLimits limits_;
  const size_t index_;
  const bool has_attributes_;  // the column is asked for
  const bool safe_at_once_;    // what is appended may be acknowledged

  Transport transport_;
  PacketStream stream_;
  TakenMessages taken_;
  Acknowledgements held_;
  Pace pace_;
  Session session_;
  std::optional<SessionEnd> end_of_session_;
  std::vector<std::string> leaving_;  // asked to be unsubscribed from
  Version version_ = Version::kV5;    // of this connection
  State state_ = State::kConnecting;
  std::string output_;  // not yet sent
  uint32_t pings_unanswered_ = 0;
  uint64_t owed_ = 0;  // acknowledgements up to this position were put there

  // Of the packets being handled, appended together.
  std::vector<penstock_source_message> messages_;
  std::vector<Publish> publishes_;
  std::deque<std::string> texts_;
  size_t texts_used_ = 0;
  Attributes attributes_;
  std::bitset<65'536> gathered_;  // identifiers of these

  using Clock = std::chrono::steady_clock;
  std::chrono::nanoseconds keep_alive_{};
  Clock::time_point last_sent_, last_received_, last_ping_, deadline_, subscribed_at_;

  int wake_fd_ = -1;
  std::atomic<bool> stop_ = false;  // reads no more
  std::atomic<bool> end_ = false;
  std::atomic<bool> waiting_ = false;  // a new safe position is worth a wake-up
  std::mutex mutex_;
  std::condition_variable changed_;
  bool reading_ = false;  // under mutex_: inside of handle_packets
  std::thread thread_;
};

}  // namespace mqtt_source
