// The client's side of MQTT, for the successive connections of one session, without sockets,
// threads or clocks. Bytes and times go in; packets to send, messages to append and events come
// out:
//
//   client.connect(now);
//   until it ends:
//     write client.to_send(safe_position, now), then client.sent(bytes, now)
//     read into client.space(), then client.received(bytes, now)
//     client.next(), and do what it says, until it says kNone
//     client.tick(now, true), at least every client.timeout(now)
//   client.ended(why, now)
#pragma once

#include <penstock/context.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "acknowledgements.hpp"
#include "gathered_messages.hpp"
#include "keep_alive.hpp"
#include "packets.hpp"
#include "session.hpp"
#include "session_end.hpp"
#include "size_limits.hpp"
#include "taken_messages.hpp"

namespace mqtt_source {

// One thread. `context` is for metrics and the log only; nothing is appended by it.
class MqttClient {
 public:
  using Clock = std::chrono::steady_clock;

  // `connection`: its index among the source's connections.
  MqttClient(const Options& options, penstock::Context& context, size_t connection,
             std::string client_id);

  // The session's memory in the intake's folder; before the first connection. See
  // TakenMessages::resume, KnownSubscriptions::resume and SessionEnd::resume.
  void resume(void* memory, bool fits, uint64_t next_position);
  void resume_subscriptions(void* memory) { session_.resume(memory); }
  void resume_end(void* memory) { end_of_session_->resume(memory); }
  const std::string& client_id() const { return session_.client_id(); }

  // ---- Connections

  // The broker was reached. Begins with CONNECT.
  void connect(Clock::time_point now);
  // The next to_send ends with DISCONNECT.
  void disconnect() { is_leaving_ = true; }
  // The transport says that the broker closed the connection, by `error`. Returns why it did.
  std::string closed(const std::string& error);
  // The connection is over. Returns why, for people.
  std::string ended(const std::string& why, Clock::time_point now);
  // About the last connection.
  bool was_subscribed() const { return state_ == State::kSubscribed; }
  Clock::time_point subscribed_at() const { return subscribed_at_; }
  // The next connection is due at once, with MQTT 3.1.1.
  bool falls_back() const { return session_.falls_back(); }
  // What the broker granted, for people.
  std::string granted_text() const { return session_.granted_text(); }

  // ---- Bytes in

  std::span<char> space() { return stream_.space(); }
  void received(size_t bytes, Clock::time_point now);

  enum class Event {
    kNone,        // everything that came is handled
    kMessages,    // append messages()
    kSend,        // send to_send() now
    kSubscribed,  // SUBACK came
    kEnded,       // the connection must end: see why()
  };
  // What to do about the bytes that came. Call until kNone or kEnded.
  Event next();
  const std::string& why() const { return why_; }
  // The number of messages in the bytes that were handled last.
  size_t messages_read() const { return messages_read_; }

  // ---- Messages to append; after kMessages, until none is left

  void set_received(int64_t received_us) { gathered_.set_received(received_us); }
  std::span<const penstock_source_message> messages() const { return gathered_.messages(); }
  // They will be appended from position `begin` on. What is known of them is stored first: after a
  // crash in between, the log ends before them.
  void appending(uint64_t begin);
  // The intake took the first `count`, and ends at `end`.
  void appended(uint64_t begin, size_t count, uint64_t end);
  // Nothing was read until now because the intake was full: the broker is not to blame.
  void waited(Clock::time_point now) { keep_alive_.received(now); }
  // They are not appended; the broker will resend them.
  void drop_messages() { gathered_.clear(); }

  // ---- Bytes out

  // Everything that may be sent now, including acknowledgements of messages up to `safe_position`.
  // From now on these may have reached the broker.
  std::string_view to_send(uint64_t safe_position, Clock::time_point now);
  void sent(size_t bytes, Clock::time_point now);
  // Whether there is something to send.
  bool has_to_send(uint64_t safe_position);
  // False while too much waits for a broker that takes nothing.
  bool may_read() const { return output_.size() < kMostOutput; }
  // Everything that came is acknowledged, and everything is sent.
  bool is_idle() const { return acknowledgements_.empty() && output_.empty(); }

  // ---- Time

  // `reads`: what the broker sends is being read. Returns kNone, kSend or kEnded.
  Event tick(Clock::time_point now, bool reads);
  // When the next tick is due, from now.
  std::chrono::milliseconds timeout(Clock::time_point now) const;

  // ---- The end of the session

  // Null: it is not to be ended.
  SessionEnd* session_end() { return end_of_session_ ? &*end_of_session_ : nullptr; }
  // Takes the next step. Whether this connection has done its part.
  bool advance_end(Clock::time_point now);

 private:
  enum class State { kConnecting, kSubscribing, kSubscribed };
  // A message that is skipped, or that repeats the one at `position`.
  struct Unappended {
    Publish publish;
    bool is_skipped = false;
    uint64_t position = 0;
  };
  static constexpr size_t kMostOutput = 1 << 20;

  ConnectRequest connect_request(Clock::time_point now);
  Event end(std::string why);
  Event malformed(const char* what);

  Event handle();
  Event handle_connack();
  Event handle_suback();
  Event handle_unsuback();
  Event handle_publish();
  Event handle_pubrel();
  Event handle_pingresp();
  Event handle_disconnect();
  Event subscribed();
  Event messages_first();
  bool handle_repetition(const Publish& publish);
  void acknowledge_unappended();
  void put_pingreq(Clock::time_point now);
  bool may_prove() const;

  const Options& options_;
  penstock::Context& context_;
  SizeLimits limits_;
  PacketStream stream_;
  GatheredMessages gathered_;
  TakenMessages taken_;
  Acknowledgements acknowledgements_;
  KeepAlive keep_alive_;
  Session session_;
  std::optional<SessionEnd> end_of_session_;

  // Of this connection.
  State state_ = State::kConnecting;
  Version version_ = Version::kV5;
  Clock::time_point deadline_;  // of CONNACK, then of SUBACK
  Clock::time_point subscribed_at_;
  std::vector<std::string> leaving_;  // asked to be unsubscribed from
  std::string output_;                // not yet sent
  // To be handled or acknowledged once the messages before it are appended.
  bool is_packet_due_ = false;
  std::optional<Unappended> unappended_;
  Packet packet_;
  bool is_leaving_ = false;  // DISCONNECT is to be sent
  std::string why_;          // the connection must end
  size_t publishes_ = 0, messages_read_ = 0;
};

}  // namespace mqtt_source
