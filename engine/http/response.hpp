// What the HTTP server answers with.
#pragma once

#include <string>
#include <string_view>

namespace penstock::engine {

struct HttpReply {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
};

// {"error": words}
HttpReply error_reply(int status, const std::string& words);

// The status line and headers of a whole reply, up to and with the empty line.
std::string head_of(const HttpReply& reply);
// The same of an answer that ends with its connection (RFC 9112 §6.3).
std::string head_of_stream(std::string_view content_type);

}  // namespace penstock::engine
