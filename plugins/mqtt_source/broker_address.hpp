// broker_url, taken apart.
#pragma once

#include <optional>
#include <string>

namespace mqtt_source {

struct BrokerAddress {
  std::string host;  // without the brackets of an IPv6 address
  std::string port;
  bool tls = false;
  bool web_socket = false;
  std::string path;  // with its slash; of a web socket

  // tcp://, mqtt://, ssl://, mqtts://, ws://, wss://, then host, [IPv6] and a port, which may be
  // missing. Nothing when it is something else: `fault` says what, and what to write.
  static std::optional<BrokerAddress> parse(const std::string& url, std::string& fault);
  static std::optional<BrokerAddress> parse(const std::string& url);
};

}  // namespace mqtt_source
