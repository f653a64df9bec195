// Requests of the commands that ask a running engine.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace penstock::engine {

struct HttpAnswer {
  int status = 0;    // 0: no answer
  std::string body;  // or why there is none
};

// `url` is http://host[:port]/path. Waits for 5 s at most.
HttpAnswer http_get(const std::string& url);

// An answer that goes on: `take` gets its pieces as they come, and ends it with false. What is
// returned has the status, and a body only when there is no answer or it is no 2xx.
HttpAnswer http_stream(const std::string& url, const std::function<bool(std::string_view)>& take);

// As one writes it in a query (RFC 3986 §2.1).
std::string url_encoded(const std::string& text);

}  // namespace penstock::engine
