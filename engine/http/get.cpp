#include "http/get.hpp"

#include <civetweb.h>
#include <fmt/format.h>

#include <charconv>
#include <memory>
#include <string_view>

namespace penstock::engine {
namespace {

constexpr int kTimeoutMs = 5000;

struct Address {
  std::string host = "localhost", path = "/";
  int port = 80;
};

bool parse(std::string_view url, Address& address) {
  constexpr std::string_view kScheme = "http://";
  if (!url.starts_with(kScheme)) return false;
  url.remove_prefix(kScheme.size());
  if (const size_t slash = url.find('/'); slash != std::string_view::npos) {
    address.path = url.substr(slash);
    url = url.substr(0, slash);
  }
  // The last colon, unless it is inside of [::1].
  const size_t colon = url.rfind(':');
  if (colon != std::string_view::npos && url.find(']', colon) == std::string_view::npos) {
    const std::string_view digits = url.substr(colon + 1);
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), address.port);
    if (parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size()) return false;
    url = url.substr(0, colon);
  }
  address.host = url;
  return !url.empty() && address.port > 0 && address.port < 65536;
}

struct Close {
  void operator()(mg_connection* connection) const { mg_close_connection(connection); }
};

}  // namespace

HttpAnswer http_get(const std::string& url) {
  Address address;
  if (!parse(url, address)) {
    return {0, fmt::format("\"{}\" is not http://host:port/path, such as "
                           "http://localhost:8080/health/ready",
                           url)};
  }
  char error[256] = {};
  const std::unique_ptr<mg_connection, Close> connection(
      mg_connect_client(address.host.c_str(), address.port, 0, error, sizeof(error)));
  if (!connection) return {0, fmt::format("{}: {}", url, error)};
  mg_printf(connection.get(), "GET %s HTTP/1.1\r\nHost: %s:%d\r\nConnection: close\r\n\r\n",
            address.path.c_str(), address.host.c_str(), address.port);
  if (mg_get_response(connection.get(), error, sizeof(error), kTimeoutMs) < 0) {
    return {0, fmt::format("{}: {}", url, error)};
  }
  HttpAnswer answer;
  answer.status = mg_get_response_info(connection.get())->status_code;
  char piece[4096];
  for (int got; (got = mg_read(connection.get(), piece, sizeof(piece))) > 0;) {
    answer.body.append(piece, static_cast<size_t>(got));
  }
  return answer;
}

}  // namespace penstock::engine
