#include "http/response.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>
#include <nlohmann/json.hpp>

#include "http/login_attempts.hpp"

namespace penstock::engine {
namespace {

// The page runs its own scripts and styles, and nothing else.
constexpr const char* kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const char* reason_of(int status) {
  switch (status) {
    case 200: return "OK";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 421: return "Misdirected Request";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 503: return "Service Unavailable";
    case 505: return "HTTP Version Not Supported";
    default: return "";
  }
}

std::string head(int status, std::string_view content_type) {
  std::string text = fmt::format(
      "HTTP/1.1 {} {}\r\n"
      "Date: {:%a, %d %b %Y %H:%M:%S} GMT\r\n"
      "Content-Type: {}\r\n"
      "Cache-Control: no-store\r\n"
      "X-Content-Type-Options: nosniff\r\n"
      "Content-Security-Policy: {}\r\n"
      "Referrer-Policy: no-referrer\r\n"
      "Connection: close\r\n",
      status, reason_of(status), fmt::gmtime(std::time(nullptr)), content_type, kPolicy);
  if (status == 405) text += "Allow: GET, HEAD\r\n";
  // RFC 7617 §2
  if (status == 401) text += "WWW-Authenticate: Basic realm=\"penstock\", charset=\"UTF-8\"\r\n";
  if (status == 429) {
    const auto seconds = std::chrono::seconds(LoginAttempts::kWindow).count();
    text += fmt::format("Retry-After: {}\r\n", seconds);
  }
  return text;
}

}  // namespace

HttpReply error_reply(int status, const std::string& words) {
  // The words may repeat what a client sent, of any bytes.
  return {status, "application/json",
          nlohmann::json{{"error", words}}.dump(-1, ' ', false,
                                                nlohmann::json::error_handler_t::replace) +
              "\n"};
}

std::string head_of(const HttpReply& reply) {
  return head(reply.status, reply.content_type) +
         fmt::format("Content-Length: {}\r\n\r\n", reply.body.size());
}

std::string head_of_stream(std::string_view content_type) {
  return head(200, content_type) + "\r\n";
}

}  // namespace penstock::engine
