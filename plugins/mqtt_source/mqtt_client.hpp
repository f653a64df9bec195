// The client of MQTT's specification: the protocol of one session's connections, one after the
// other, without sockets, threads and clocks. Bytes and times go in; packets to send, messages to
// append and events come out:
//
//   client.connect(now);
//   while (connected) {
//     write client.to_send(safe_position, now) to the broker; client.sent(bytes, now);
//     read into client.space();                               client.received(bytes, now);
//     until client.next() is kNone or kEnded: do as it says
//     client.tick(now, true);                                 // at least as often as timeout()
//     says
//   }
//   client.ended(why, now);
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

// One thread. `context` gets its counts and log lines.
class MqttClient {
 public:
  using Clock = std::chrono::steady_clock;

  // `connection`: of the source, from 0.
  MqttClient(const Options& options, penstock::Context& context, size_t connection,
             std::string client_id);

  // What the intake's folder keeps of the session; before the first connection. See
  // TakenMessages::resume, KnownSubscriptions::resume and SessionEnd::resume.
  void resume(void* memory, bool fits, uint64_t next_position);
  void resume_subscriptions(void* memory) { session_.resume(memory); }
  void resume_end(void* memory) { end_of_session_->resume(memory); }
  const std::string& client_id() const { return session_.client_id(); }

  // ---- A connection

  // The broker was reached: begins with CONNECT.
  void connect(Clock::time_point now);
  // DISCONNECT goes out behind what is to be sent before it.
  void disconnect() { is_leaving_ = true; }
  // What it means that the broker closed the connection, which the transport says as `error`.
  std::string closed(const std::string& error);
  // It is over: `why`, for people.
  std::string ended(const std::string& why, Clock::time_point now);
  // Of the last connection.
  bool was_subscribed() const { return state_ == State::kSubscribed; }
  Clock::time_point subscribed_at() const { return subscribed_at_; }
  // The next connection is due at once, with another version.
  bool falls_back() const { return session_.falls_back(); }
  // What the broker granted, for people.
  std::string granted_text() const { return session_.granted_text(); }

  // ---- Bytes in

  std::span<char> space() { return stream_.space(); }
  void received(size_t bytes, Clock::time_point now);

  enum class Event {
    kNone,        // nothing to do: all that came is handled
    kMessages,    // messages() are to be appended before it goes on
    kSend,        // to_send() should leave now
    kSubscribed,  // messages come from now on
    kEnded,       // the connection is over: why() says it
  };
  // What to do because of the bytes that came. Call until kNone or kEnded.
  Event next();
  const std::string& why() const { return why_; }
  // Messages in the bytes that came last, when they are handled.
  size_t messages_read() const { return messages_read_; }

  // ---- Messages to append, by kMessages; those of one call until none is left.

  void set_received(int64_t received_us) { gathered_.set_received(received_us); }
  std::span<const penstock_source_message> messages() const { return gathered_.messages(); }
  // They will be appended from position `begin` on. What is known of them is kept before they are:
  // a crash in between finds that the log ends before them.
  void appending(uint64_t begin);
  // The first `count` were taken, and the intake ends at `end`.
  void appended(uint64_t begin, size_t count, uint64_t end);
  // The broker's silence until now is our doing: nothing was read while the intake was full.
  void waited(Clock::time_point now) { keep_alive_.received(now); }
  // They are not appended; the broker sends them again.
  void drop_messages() { gathered_.clear(); }

  // ---- Bytes out

  // Everything that may be sent by now, with the acknowledgements of messages up to
  // `safe_position`; they count as sent.
  std::string_view to_send(uint64_t safe_position, Clock::time_point now);
  void sent(size_t bytes, Clock::time_point now);
  // Whether to_send would have something.
  bool has_to_send(uint64_t safe_position);
  // Whether to read: not while the broker takes nothing.
  bool may_read() const { return output_.size() < kMostOutput; }
  // Everything is acknowledged and sent.
  bool is_idle() const { return acknowledgements_.empty() && output_.empty(); }

  // ---- Time

  // `reads`: whatever the broker sends is read. kNone, kSend or kEnded.
  Event tick(Clock::time_point now, bool reads);
  // When the next tick is due, from now.
  std::chrono::milliseconds timeout(Clock::time_point now) const;

  // ---- The session's end, if it is to be ended; else null.

  SessionEnd* session_end() { return end_of_session_ ? &*end_of_session_ : nullptr; }
  // Takes the next step of it. Whether this connection has done its part.
  bool advance_end(Clock::time_point now);

 private:
  enum class State { kConnecting, kSubscribing, kSubscribed };
  // A message that is skipped, or repeats the one at `position`.
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
  // Once the messages before them are appended: a packet to handle, a message to acknowledge.
  bool is_packet_due_ = false;
  std::optional<Unappended> unappended_;
  Packet packet_;
  bool is_leaving_ = false;  // DISCONNECT is to be sent
  std::string why_;          // it is over
  size_t publishes_ = 0, messages_read_ = 0;
};

}  // namespace mqtt_source
