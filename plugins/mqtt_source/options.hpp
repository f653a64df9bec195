// What an operator sets of an MQTT source.
#pragma once

#include <penstock/options.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace mqtt_source {

enum class Protocol { kV311, kV5 };

struct Options {
  std::string broker_url, client_id, username;
  penstock::Secret password;
  std::vector<std::string> topics;
  int64_t qos = 0;
  bool clean_session = false;
  Protocol protocol = Protocol::kV311;
  std::chrono::nanoseconds keep_alive{}, connect_timeout{}, session_expiry{};
  std::string tls_ca, tls_cert, tls_key;
  penstock::Secret tls_key_password;
  bool tls_verify = true;

  bool uses_tls() const {
    return broker_url.starts_with("ssl://") || broker_url.starts_with("mqtts://") ||
           broker_url.starts_with("wss://");
  }
};

// What the receiver counts; the indices of the metric table.
enum Metrics : uint32_t { kConnected, kBroker, kReceived, kReconnects };

}  // namespace mqtt_source
