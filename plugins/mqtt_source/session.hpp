// A session on the broker, apart from the bytes: what it is asked for, what it grants, and what an
// operator should know of the difference. Both receivers have one for each connection.
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

  // What the intake's folder keeps of it: see KnownSubscriptions. Before the first attempt.
  void resume(void* memory);

  // An attempt begins: what to ask for.
  ConnectRequest begin(Clock::time_point now);

  // The broker's answers. Empty: accepted; else why the connection can't be.
  std::string connack(const Connack& answer, Clock::time_point now);
  std::string suback(const Suback& answer, Clock::time_point now);
  // What of the retained messages to ask for: after CONNACK.
  Retained retain_handling() const { return asks_again_ ? Retained::kAll : options_.retained; }
  // Call again and again, until it is settled: what is retained of a new subscription has come, so
  // that the next connection need not ask for it again. `reads`: all that the broker has sent by
  // now was read.
  void settle(bool reads, Clock::time_point now);
  bool is_settled() const { return is_settled_; }
  // After CONNACK: what the broker still has, and the file no more.
  std::vector<std::string> to_leave() const { return known_.beside(options_.topics); }
  // UNSUBACK of these; of 3.1.1 without codes.
  void unsuback(const std::vector<std::string>& topics, std::span<const uint8_t> codes);
  // UNSUBACK of all topics, of a session that is to end.
  void left(std::span<const uint8_t> codes);
  // It closed the connection, or was silent until connect_timeout, before CONNACK. Says so.
  std::string no_answer(bool closed);
  // The next attempt is with another version, because of what this one came to.
  bool falls_back() const { return version_.falls_back(); }

  // The connection ended after CONNACK: `why`, and perhaps what is behind it.
  std::string lost(const std::string& why, Clock::time_point now);

  // Whether a message that the broker sends because of the subscription is left out, and counted.
  bool skips(std::string_view topic, bool retained, bool dup, Clock::time_point now);

 private:
  // What was granted, for people.
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
  std::vector<std::string> old_topics_;  // whose retained messages have come before this connection
  bool asks_again_ = false;  // for all that is retained: the last connection broke while it came
  bool is_settled_ = true;
  Clock::time_point quiet_since_{};  // no retained message came since
  Clock::time_point accepted_{};
  int short_lives_ = 0;  // connections in a row that ended right after CONNACK
  std::set<std::string> warned_;
};

// Why a subscription is refused, and what to do.
std::string subscription_refusal(const std::string& topic, uint8_t code, const std::string& reason,
                                 Version version);

// Of a CONNACK, SUBACK or DISCONNECT: the code, and what the broker says besides.
template <class Answer>
std::string reason_text(const Answer& answer, Version version) {
  std::string text = code_text(answer.code, version);
  if (!answer.reason.empty()) text += ": " + answer.reason;
  if (!answer.server_reference.empty()) text += "; it names " + answer.server_reference;
  return text;
}

// What usually helps, by the words of a receiver's trouble, of a connection that was or was not
// made.
std::string advice_for(const std::string& trouble, bool is_connected);
// `why` there is no connection, with that advice.
std::string unconnected_text(const std::string& broker_url, const std::string& why,
                             bool is_connected);

}  // namespace mqtt_source
