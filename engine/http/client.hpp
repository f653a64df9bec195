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

// Where an engine listens: http://host[:port] or https://…, with a login as user:password@ or in
// ~/.netrc. `ca` is a file of certificates to trust instead of the system's; empty: those.
struct HttpPlace {
  std::string url = "http://localhost:8080";
  std::string ca;
};

// `path` is added to the place's. Waits for 5 s at most.
HttpAnswer http_get(const HttpPlace& place, const std::string& path = "");

// A streamed answer: `take` gets its pieces as they arrive, and ends it with false. Ends by
// itself when nothing comes for 10 s. What is returned has the status, and a body only when there
// is no answer or it is no 2xx.
HttpAnswer http_stream(const HttpPlace& place, const std::string& path,
                       const std::function<bool(std::string_view)>& take);

// As one writes it in a query (RFC 3986 §2.1).
std::string url_encoded(const std::string& text);

}  // namespace penstock::engine
