#include "broker_address.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <string_view>

namespace mqtt_source {
namespace {

struct Scheme {
  std::string_view prefix;
  const char* port;  // the default
  bool tls;
  bool web_socket;
};

constexpr Scheme kSchemes[] = {
    {"tcp://", "1883", false, false}, {"mqtt://", "1883", false, false},
    {"ssl://", "8883", true, false},  {"mqtts://", "8883", true, false},
    {"ws://", "80", false, true},     {"wss://", "443", true, true},
};

// 1 to 65535.
bool is_port(std::string_view text) {
  int port = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, port);
  return error == std::errc() && stop == end && port >= 1 && port <= 65'535;
}

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

// Takes the host off the front of `rest`, which leaves nothing, or a colon and a port. Returns a
// fault.
std::string take_host(std::string_view& rest, std::string& host) {
  const bool in_brackets = rest.starts_with('[');
  const size_t end = in_brackets ? rest.find(']') : std::min(rest.find(':'), rest.size());
  if (end == std::string_view::npos) return "has no ] after its IPv6 address";
  host = in_brackets ? rest.substr(1, end - 1) : rest.substr(0, end);
  rest = rest.substr(in_brackets ? end + 1 : end);
  if (host.empty()) return "has no host; write tcp://host:1883 or ssl://host:8883";
  const auto has = [&](int (*is)(int)) {
    return std::any_of(host.begin(), host.end(),
                       [&](char c) { return is(static_cast<unsigned char>(c)) != 0; });
  };
  if (has(std::isspace)) return "has white space in its host";
  if (has(std::iscntrl)) return "has a control character in its host";
  if (!in_brackets && std::count(rest.begin(), rest.end(), ':') > 1) {
    return "has a bare IPv6 address; put it in brackets, such as tcp://[::1]:1883";
  }
  return "";
}

}  // namespace

std::optional<BrokerAddress> BrokerAddress::parse(const std::string& url, std::string& fault) {
  // Nothing of an address with a login is quoted: a password may contain any character.
  if (const size_t login_end = url.find('@'); login_end != std::string::npos) {
    const bool may_be_path =
        url.starts_with("ws") && url.rfind('/', login_end) > url.find("://") + 2;
    fault = "has a login in it; write it as username and password";
    if (may_be_path) fault += " (an @ in a path is %40)";
    return std::nullopt;
  }
  const auto scheme =
      std::find_if(std::begin(kSchemes), std::end(kSchemes),
                   [&](const Scheme& each) { return url.starts_with(each.prefix); });
  if (scheme == std::end(kSchemes)) {
    fault = quoted(url) + " is not a broker address; write tcp://host:1883 or ssl://host:8883";
    return std::nullopt;
  }
  BrokerAddress address{"", scheme->port, scheme->tls, scheme->web_socket, ""};
  std::string_view rest = std::string_view(url).substr(scheme->prefix.size());
  const size_t slash = std::min(rest.find('/'), rest.size());
  address.path = rest.substr(slash);
  rest = rest.substr(0, slash);
  if (const std::string wrong = take_host(rest, address.host); !wrong.empty()) {
    fault = quoted(url) + " " + wrong;
    return std::nullopt;
  }
  if (rest.empty()) return address;
  if (rest[0] != ':' || !is_port(rest.substr(1))) {
    const std::string_view port = rest.substr(rest[0] == ':' ? 1 : 0);
    fault = quoted(url) + ": the port " + quoted(port) + " is not a number from 1 to 65535";
    return std::nullopt;
  }
  address.port = rest.substr(1);
  return address;
}

std::optional<BrokerAddress> BrokerAddress::parse(const std::string& url) {
  std::string ignored;
  return parse(url, ignored);
}

}  // namespace mqtt_source
