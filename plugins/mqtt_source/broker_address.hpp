// The parts of broker_url.
#pragma once

#include <optional>
#include <string>

namespace mqtt_source {

struct BrokerAddress {
  std::string host;  // without the brackets of an IPv6 address
  std::string port;
  bool tls = false;
  bool web_socket = false;
  std::string path;  // of a web socket, with the slash

  // tcp://, mqtt://, ssl://, mqtts://, ws:// or wss://, then a host or [IPv6] and perhaps a port.
  // nullopt: it is something else; `fault` says what is wrong and what to write.
  static std::optional<BrokerAddress> parse(const std::string& url, std::string& fault);
  static std::optional<BrokerAddress> parse(const std::string& url);
};

}  // namespace mqtt_source
