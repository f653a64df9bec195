#include "session.hpp"

#include <algorithm>

#include "receiver.hpp"
#include "taken_messages.hpp"
#include "topic_filter.hpp"

namespace mqtt_source {
namespace {

using namespace std::chrono_literals;

constexpr uint8_t kVersionRefusedV311 = 0x01, kVersionRefusedV5 = 0x84;
constexpr uint8_t kSharedRefused = 0x9E;
constexpr uint8_t kNoSubscription = 0x11;  // MQTT 5 §3.11.3

// Two connections in a row that the broker ends this soon: most likely another client with the same
// client_id takes over the session again and again.
constexpr auto kShortLife = 5s;
constexpr int kSuspicious = 2;

// Retained messages come at once: after this long without one, all of them have come.
constexpr auto kRetainedQuiet = 5s;

std::string without_group(const std::string& topic) {
  return topic.substr(topic.find('/', std::string_view("$share/").size()) + 1);
}

std::string duration_text(uint64_t seconds) {
  constexpr std::pair<uint64_t, const char*> kUnits[] = {{86'400, "d"}, {3'600, "h"}, {60, "m"}};
  for (const auto& [unit, name] : kUnits) {
    if (seconds > 0 && seconds % unit == 0) return std::to_string(seconds / unit) + name;
  }
  return std::to_string(seconds) + "s";
}

}  // namespace

Session::Session(const Options& options, penstock::Context& context, std::string client_id)
    : options_(options),
      context_(context),
      client_id_(std::move(client_id)),
      version_(options.protocol) {}

void Session::resume(void* memory) {
  known_.resume(memory,
                TakenMessages::hash(TakenMessages::hash(2, options_.broker_url), client_id_));
  is_kept_ = options_.session_expiry_s() > 0 && !known_.empty();
}

ConnectRequest Session::begin(Clock::time_point now) {
  return {version_.begin(now),        client_id_,
          options_.username,          options_.password.text,
          options_.clean_session,     static_cast<uint16_t>(options_.keep_alive_s()),
          options_.session_expiry_s()};
}

std::string Session::no_answer(bool closed) {
  const std::string asked = " MQTT " + std::string(name_of(version()));
  if (closed) version_.closed();
  else version_.silent();
  return closed ? "the broker closed the connection after CONNECT with" + asked
                : "the broker does not answer CONNECT with" + asked;
}

std::string Session::connack(const Connack& answer, Clock::time_point now) {
  if (answer.code != 0) {
    // The code is one of the version that was refused.
    std::string why = "the broker refused the connection: " + reason_text(answer, version());
    if (answer.code == kVersionRefusedV311 || answer.code == kVersionRefusedV5) {
      version_.refused(now);
    }
    return why;
  }
  accepted_ = now;
  version_.accepted(now);
  granted_ = answer;
  context_.label(kProtocol, version_.text());
  if (context_.ends_session()) return "";
  if (!answer.session_present) {
    if (is_kept_) {
      context_.warn("the broker no longer has the session of " + client_id_ +
                    ": messages it had queued since the connection was lost are gone");
    }
    known_.forget();
  }
  old_topics_ = known_.granted_of(options_.topics);
  asks_again_ = options_.retained == Retained::kNew && known_.any_unsettled(options_.topics);
  compare_expiry(answer);
  const bool any_shared =
      std::any_of(options_.topics.begin(), options_.topics.end(), Options::is_shared);
  if (version() == Version::kV311 && any_shared) {
    warn_once(kOldAndShared);
  }
  std::string missing = missing_feature(answer);
  if (missing.empty() && !known_.ask_for(options_.topics)) {
    warn_once(
        "too many topics to remember beside the intake: those removed from the file will not be "
        "unsubscribed from");
  }
  return missing;
}

void Session::unsuback(const std::vector<std::string>& topics, std::span<const uint8_t> codes) {
  std::vector<std::string> done;
  for (size_t i = 0; i < topics.size(); ++i) {
    const uint8_t code = i < codes.size() ? codes[i] : 0;
    if (code >= kSubscriptionRefused) {
      warn_once("the broker refused to unsubscribe from " + topics[i] +
                ", which is no longer in topics: " + code_text(code, version()));
      continue;
    }
    context_.info("unsubscribed from " + topics[i] + ", which is no longer in topics");
    done.push_back(topics[i]);
  }
  known_.left(done);
}

void Session::left(std::span<const uint8_t> codes) {
  for (size_t i = 0; i < codes.size() && i < options_.topics.size(); ++i) {
    const std::string& topic = options_.topics[i];
    if (codes[i] == kNoSubscription) {
      warn_once("the session of " + client_id_ + " is not subscribed to " + topic +
                ": if messages keep coming, set topics to what it is subscribed to");
    } else if (codes[i] >= kSubscriptionRefused) {
      warn_once("the broker refused to unsubscribe from " + topic + ": " +
                code_text(codes[i], version()));
    }
  }
}

// Without the property it is what was asked for (MQTT 5 §3.2.2.3.2).
void Session::compare_expiry(const Connack& answer) {
  const uint32_t asked = options_.session_expiry_s();
  const uint32_t kept = answer.session_expiry_s.value_or(asked);
  is_kept_ = !options_.clean_session && (version() == Version::kV311 || kept > 0);
  if (version() != Version::kV5 || kept >= asked) return;
  const std::string option = " (session_expiry = " + duration_text(asked) + ")";
  warn_once(kept == 0 ? "the broker does not keep the session" + option +
                            ": messages sent while disconnected are lost"
                      : "the broker keeps the session for only " + duration_text(kept) + option +
                            ": messages are lost if Penstock is away for longer");
}

// MQTT 5 §3.2.2.3.11 and §3.2.2.3.13; 3.1.1 has nothing of the kind.
std::string Session::missing_feature(const Connack& answer) const {
  for (const std::string& topic : options_.topics) {
    if (!answer.has_shared_subscriptions && Options::is_shared(topic)) {
      return subscription_refusal(topic, kSharedRefused, "", version());
    }
    if (!answer.has_wildcards && topic.find_first_of("+#") != std::string::npos) {
      return std::string(kRefusedSubscription) + " to " + topic +
             ": it does not support wildcards; list each topic";
    }
  }
  return "";
}

std::string subscription_refusal(const std::string& topic, uint8_t code, const std::string& reason,
                                 Version version) {
  std::string text = std::string(kRefusedSubscription) + " to " + topic + ": ";
  if (version == Version::kV5 && code == kSharedRefused) {
    text += kNoSharedSubscriptions;
    if (!reason.empty()) text += " (" + reason + ")";
    return text + "; write " + without_group(topic) +
           " in topics and run only this instance, or use a broker that supports them";
  }
  return text + code_text(code, version) + (reason.empty() ? "" : ": " + reason);
}

std::string Session::suback(const Suback& answer, Clock::time_point now) {
  lowest_qos_ = static_cast<int>(options_.qos);
  for (size_t i = 0; i < answer.codes.size(); ++i) {
    const uint8_t code = answer.codes[i];
    const std::string& topic = options_.topics[i];
    if (code >= kSubscriptionRefused) {
      return subscription_refusal(topic, code, answer.reason, version());
    }
    if (code < options_.qos) {
      warn_once("the broker grants QoS " + std::to_string(code) + " for " + topic + ", not " +
                std::to_string(options_.qos) +
                (code == 0 ? ": messages sent while disconnected are lost"
                           : ": messages may arrive twice"));
    }
    lowest_qos_ = std::min<int>(lowest_qos_, code);
  }
  is_settled_ = false;
  quiet_since_ = now;
  context_.label(kGranted, text());
  return "";
}

std::string Session::text() const {
  std::string text = "QoS " + std::to_string(lowest_qos_);
  if (version() != Version::kV5) return text;
  text += granted_.has_shared_subscriptions ? ", shared subscriptions available"
                                            : ", no shared subscriptions";
  if (!options_.clean_session) {
    const uint32_t kept = granted_.session_expiry_s.value_or(options_.session_expiry_s());
    text += kept > 0 ? ", session kept for " + duration_text(kept) : ", session not kept";
  }
  return text;
}

void Session::settle(bool reads, Clock::time_point now) {
  if (is_settled_) return;
  if (!reads) quiet_since_ = now;
  if (now - quiet_since_ < kRetainedQuiet) return;
  is_settled_ = true;
  known_.granted(options_.topics);
}

std::string Session::lost(const std::string& why, Clock::time_point now) {
  const bool short_lived = now - accepted_ < kShortLife;
  short_lives_ = short_lived ? short_lives_ + 1 : 0;
  if (short_lives_ < kSuspicious || why.find("client_id") != std::string::npos) return why;
  return why + ", again within seconds: is the client_id " + client_id_ + " in use twice?";
}

// With DUP the message was sent before, when it was new.
bool Session::skips(std::string_view topic, bool retained, bool dup, Clock::time_point now) {
  if (!retained) return false;
  quiet_since_ = now;
  if (options_.retained == Retained::kAll) return false;
  // With 3.1.1, brokers send what they retain after every SUBSCRIBE.
  const bool repeated =
      (version() == Version::kV311 || asks_again_) && !dup &&
      std::any_of(old_topics_.begin(), old_topics_.end(),
                  [&](const std::string& filter) { return matches(filter, topic); });
  if (options_.retained != Retained::kSkip && !repeated) return false;
  context_.add(kRetainedSkipped);
  context_.drop(1);
  return true;
}

void Session::warn_once(const std::string& text) {
  if (warned_.insert(text).second) context_.warn(text);
}

std::string advice_for(const std::string& trouble, bool is_connected) {
  constexpr std::pair<const char*, const char*> kAdvice[] = {
      {"username or password", "check username and password"},
      {"not authorised", "set username and password, or allow this user on the broker"},
      {"client_id", "set a client_id that the broker allows"},
      {"certificate",
       "set tls_ca to the CA of the broker's certificate, and broker_url to the name in it"},
      {"TLS", "check broker_url and the tls_ options"},
      {"cannot look up", "check the host name in broker_url"},
      {"version of MQTT", "set protocol to a version the broker supports"},
      {"closed the connection after CONNECT",
       "see the broker's log; it may require TLS, a username, or another protocol"},
      {"busy", "retrying"},
      {"shutting down", "retrying"},
      {"it names", "set broker_url to that server"},
      {"moved", "set broker_url to its new address"},
      {"rate exceeded", "raise the broker's connection rate limit"},
      {"quota", "raise the broker's quota for this client"},
      {"banned", "unban this client on the broker"},
      {"the broker refused the connection", "see the broker's log"},
      {"answer", "check broker_url and firewalls"},
      {"refused", "start the broker, or check broker_url"},
  };
  for (const auto& [says, advice] : kAdvice) {
    if (trouble.find(says) != std::string::npos) return advice;
  }
  return is_connected ? "see the broker's log" : "check broker_url";
}

std::string unconnected_text(const std::string& broker_url, const std::string& why,
                             bool is_connected) {
  return "cannot connect to " + broker_url + ": " + why + "; " + advice_for(why, is_connected);
}

}  // namespace mqtt_source
