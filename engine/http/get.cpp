#include "http/get.hpp"

#include <civetweb.h>
#include <fmt/format.h>

#include <cctype>
#include <memory>

#include "http/address.hpp"

namespace penstock::engine {
namespace {

constexpr int kTimeoutMs = 5000;

struct Close {
  void operator()(mg_connection* connection) const { mg_close_connection(connection); }
};

}  // namespace

HttpAnswer http_get(const std::string& url) {
  HttpAddress address;
  if (!address.parse(url)) return {0, HttpAddress::fault(url)};
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

std::string url_encoded(const std::string& text) {
  std::string encoded;
  for (const char c : text) {
    const bool plain =
        std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' || c == '.';
    encoded += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return encoded;
}

}  // namespace penstock::engine
