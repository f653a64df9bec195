// One GET, for the commands that ask a running engine.
#pragma once

#include <string>

namespace penstock::engine {

struct HttpAnswer {
  int status = 0;    // 0: no answer
  std::string body;  // or why there is none
};

// `url` is http://host[:port]/path. Waits for 5 s at most.
HttpAnswer http_get(const std::string& url);

}  // namespace penstock::engine
