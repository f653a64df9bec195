#include "http/request.hpp"

#include <civetweb.h>

#include <algorithm>
#include <cstring>

namespace penstock::engine {
namespace {

// Between two of them it is asked whether the time is over: within one, CivetWeb begins its timeout
// anew whenever a byte has gone (civetweb.c, push_all).
constexpr size_t kPiece = 4 << 10;
constexpr size_t kLongestParameter = 4096;

std::string_view text_of(const char* text) { return text ? text : ""; }

}  // namespace

Request::Request(mg_connection& connection, std::chrono::nanoseconds timeout)
    : connection_(connection), info_(*mg_get_request_info(&connection)), timeout_(timeout) {}

std::string_view Request::path() const { return text_of(info_.local_uri); }
std::string_view Request::method() const { return text_of(info_.request_method); }
int Request::headers() const { return info_.num_headers; }
std::string_view Request::address() const { return info_.remote_addr; }
const char* Request::header(const char* name) const { return mg_get_header(&connection_, name); }

bool Request::is_from_here() const {
  return address().starts_with("127.") || address().starts_with("::ffff:127.") ||
         address() == "::1";
}

bool Request::is_forwarded() const {
  return header("Forwarded") || header("X-Forwarded-For") || header("Via");
}

std::string Request::parameter(const char* name) const {
  if (!info_.query_string) return "";
  std::string value(kLongestParameter, '\0');
  const int length = mg_get_var(info_.query_string, std::strlen(info_.query_string), name,
                                value.data(), value.size());
  value.resize(length > 0 ? static_cast<size_t>(length) : 0);
  return value;
}

size_t Request::head_bytes() const {
  constexpr size_t kSpacesAndVersion = 12;  // of "GET /path HTTP/1.1\r\n"
  constexpr size_t kColonAndEnd = 4;        // of "Name: value\r\n"
  size_t bytes = method().size() + text_of(info_.request_uri).size() + kSpacesAndVersion;
  // CivetWeb ends the path where the query begins.
  if (info_.query_string) bytes += 1 + std::strlen(info_.query_string);
  for (int i = 0; i < info_.num_headers; ++i) {
    bytes += text_of(info_.http_headers[i].name).size() +
             text_of(info_.http_headers[i].value).size() + kColonAndEnd;
  }
  return bytes;
}

bool Request::send(const HttpReply& reply) const {
  std::string text = head_of(reply);
  if (method() != "HEAD") text += reply.body;
  return send(text);
}

bool Request::send(std::string_view text) const {
  return send_before(std::chrono::steady_clock::now() + timeout_, text);
}

bool Request::send_before(std::chrono::steady_clock::time_point deadline,
                          std::string_view text) const {
  answered_ = answered_ || !text.empty();
  while (!text.empty()) {
    const size_t size = std::min(text.size(), kPiece);
    if (mg_write(&connection_, text.data(), size) != static_cast<int>(size)) return false;
    text.remove_prefix(size);
    if (!text.empty() && std::chrono::steady_clock::now() > deadline) return false;
  }
  return true;
}

}  // namespace penstock::engine
