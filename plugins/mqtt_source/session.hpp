// A session on the broker, apart from the bytes: what to ask for, what the broker grants, and what
// an operator should know about the difference. Both receivers have one per connection.
#pragma once

#include <penstock/context.hpp>

#include <chrono>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "known_subscriptions.hpp"
#include "options.hpp"
#include "packets.hpp"
#include "version_choice.hpp"

namespace mqtt_source {

// One call at a time.
class Session {
 public:
  using Clock = std::chrono::steady_clock;

  Session(const Options& options, penstock::Context& context, std::string client_id);

  const std::string& client_id() const { return client_id_; }
  Version version() const { return version_.version(); }
  // Such as "MQTT 3.1.1 (the broker refused MQTT 5), QoS 1".
  std::string granted_text() const {
    return "MQTT " + version_.text() + (context_.ends_session() ? "" : ", " + text());
  }

  // The session's part of the intake's folder, see KnownSubscriptions. Before the first attempt.
  void resume(void* memory);

  // A connection attempt begins; its CONNECT.
  ConnectRequest begin(Clock::time_point now);

  // The broker's answers. Empty: accepted; otherwise why the connection ends.
  std::string connack(const Connack& answer, Clock::time_point now);
  std::string suback(const Suback& answer, Clock::time_point now);
  // Which retained messages to ask for; after CONNACK.
  Retained retain_handling() const { return asks_again_ ? Retained::kAll : options_.retained; }
  // Call repeatedly until is_settled: the retained messages of new subscriptions have come, so the
  // next connection need not ask for them. `reads`: what the broker has sent until now was read.
  void settle(bool reads, Clock::time_point now);
  bool is_settled() const { return is_settled_; }
  // After CONNACK: subscriptions that the broker may have and the file no longer has.
  std::vector<std::string> to_leave() const { return known_.beside(options_.topics); }
  // UNSUBACK for these topics; no codes with 3.1.1.
  void unsuback(const std::vector<std::string>& topics, std::span<const uint8_t> codes);
  // UNSUBACK for all topics of a session that is to end.
  void left(std::span<const uint8_t> codes);
  // Before CONNACK the broker closed the connection, or was silent for connect_timeout. For people.
  std::string no_answer(bool closed);
  // The next attempt uses another version because of how this one failed.
  bool falls_back() const { return version_.falls_back(); }

  // The connection ended after CONNACK: `why`, with a likely cause added where there is one.
  std::string lost(const std::string& why, Clock::time_point now);

  // Whether the option `retained` skips this message; counts it then.
  bool skips(std::string_view topic, bool retained, bool dup, Clock::time_point now);

 private:
  std::string text() const;
  void warn_once(const std::string& text);
  void compare_expiry(const Connack& answer);
  std::string missing_feature(const Connack& answer) const;

  const Options& options_;
  penstock::Context& context_;
  const std::string client_id_;
  VersionChoice version_;
  Connack granted_;
  int lowest_qos_ = 0;
  bool is_kept_ = false;  // the broker has promised to keep the session
  KnownSubscriptions known_;
  std::vector<std::string> old_topics_;  // whose retained messages came on an earlier connection
  bool asks_again_ = false;  // for retained messages: the last connection was lost as they came
  bool is_settled_ = true;
  Clock::time_point quiet_since_{};  // of retained messages
  Clock::time_point accepted_{};
  int short_lives_ = 0;  // consecutive connections that ended right after CONNACK
  std::set<std::string> warned_;
};

// Why a subscription was refused, and what to do.
std::string subscription_refusal(const std::string& topic, uint8_t code, const std::string& reason,
                                 Version version);

// The code of a CONNACK, SUBACK or DISCONNECT, and what else the broker says.
template <class Answer>
std::string reason_text(const Answer& answer, Version version) {
  std::string text = code_text(answer.code, version);
  if (!answer.reason.empty()) text += ": " + answer.reason;
  if (!answer.server_reference.empty()) text += "; it names " + answer.server_reference;
  return text;
}

// What usually helps, found by the words of a receiver's trouble. `is_connected`: the broker was
// reached.
std::string advice_for(const std::string& trouble, bool is_connected);
// Why there is no connection, with that advice.
std::string unconnected_text(const std::string& broker_url, const std::string& why,
                             bool is_connected);

}  // namespace mqtt_source
