// The options of an MQTT source, and its metrics.
#pragma once

#include <penstock/plugin.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mqtt_source {

enum class ReceiverKind { kAuto, kBulk, kPaho };
enum class Protocol { kAuto, kV311, kV5 };
// As MQTT 5 §3.8.3.1 numbers them.
enum class Retained { kAll, kNew, kSkip };

struct Options {
  std::string broker_url, client_id, username;
  penstock::Secret password;
  std::vector<std::string> topics;
  int64_t qos = 0;
  bool clean_session = false;
  ReceiverKind receiver = ReceiverKind::kAuto;
  Protocol protocol = Protocol::kAuto;
  Retained retained = Retained::kNew;
  std::chrono::nanoseconds keep_alive{}, connect_timeout{}, session_expiry{}, coalesce{};
  int64_t connections = 1;
  penstock::Bytes max_message_bytes;
  int64_t max_topic_bytes = 0;
  std::string tls_ca, tls_cert, tls_key;
  penstock::Secret tls_key_password;
  bool tls_verify = true;
  std::vector<std::string> alpn;

  int64_t keep_alive_s() const { return seconds(keep_alive); }
  int64_t connect_timeout_s() const { return seconds(connect_timeout); }
  // A clean session ends with its connection (MQTT 5 §3.1.2.11.2).
  uint32_t session_expiry_s() const {
    return clean_session ? 0 : static_cast<uint32_t>(seconds(session_expiry));
  }
  static bool is_shared(std::string_view topic) { return topic.starts_with("$share/"); }
  // `alpn` in TLS's form: each name after its length (RFC 7301 §3.1).
  std::string alpn_list() const {
    std::string list;
    for (const std::string& name : alpn) list += static_cast<char>(name.size()) + name;
    return list;
  }
  bool shares_all_topics() const {
    return std::all_of(topics.begin(), topics.end(),
                       [](const std::string& topic) { return is_shared(topic); });
  }

 private:
  static int64_t seconds(std::chrono::nanoseconds time) {
    return std::chrono::duration_cast<std::chrono::seconds>(time).count();
  }
};

std::vector<penstock::Option> option_table();
std::vector<penstock::Metric> metric_table();
// "auto" resolved: bulk where it supports the address.
ReceiverKind kind_of(const Options& options);

// Indices of the metric table.
enum Metrics : uint32_t {
  kConnected,
  kBroker,
  kReceived,
  kReconnects,
  kRepeated,
  kOversize,
  kBadTopics,
  kProtocolErrors,
  kProtocol,
  kGranted,
  kRetainedSkipped,
  kBare
};

}  // namespace mqtt_source
