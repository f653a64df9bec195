#include "broker_address.hpp"

#include <algorithm>
#include <string_view>

namespace mqtt_source {
namespace {

struct Scheme {
  std::string_view prefix;
  const char* port;  // of the scheme, if none is given
  bool tls;
  bool web_socket;
};

constexpr Scheme kSchemes[] = {
    {"tcp://", "1883", false, false}, {"mqtt://", "1883", false, false},
    {"ssl://", "8883", true, false},  {"mqtts://", "8883", true, false},
    {"ws://", "80", false, true},     {"wss://", "443", true, true},
};

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::optional<BrokerAddress> BrokerAddress::parse(const std::string& url) {
  const auto scheme =
      std::find_if(std::begin(kSchemes), std::end(kSchemes),
                   [&](const Scheme& each) { return url.starts_with(each.prefix); });
  if (scheme == std::end(kSchemes)) return std::nullopt;
  BrokerAddress address{"", scheme->port, scheme->tls, scheme->web_socket};
  std::string_view rest = std::string_view(url).substr(scheme->prefix.size());
  rest = rest.substr(0, rest.find('/'));  // a path is the web socket's
  if (rest.starts_with('[')) {
    const size_t end = rest.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    address.host = rest.substr(1, end - 1);
    rest = rest.substr(end + 1);
  } else {
    const size_t end = std::min(rest.find(':'), rest.size());
    address.host = rest.substr(0, end);
    rest = rest.substr(end);
  }
  if (address.host.empty()) return std::nullopt;
  if (rest.empty()) return address;
  if (rest[0] != ':' || !is_port(rest.substr(1))) return std::nullopt;
  address.port = rest.substr(1);
  return address;
}

}  // namespace mqtt_source
