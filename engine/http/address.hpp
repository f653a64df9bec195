// http://host[:port]/path, taken apart.
#pragma once

#include <string>
#include <string_view>

namespace penstock::engine {

struct HttpAddress {
  std::string host = "localhost", path = "/";
  int port = 80;

  // False: it is no such address.
  bool parse(std::string_view url);
  // What to say of one that isn't.
  static std::string fault(const std::string& url);
};

}  // namespace penstock::engine
