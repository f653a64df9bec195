#include "http/address.hpp"

#include <fmt/format.h>

#include <charconv>

namespace penstock::engine {

bool HttpAddress::parse(std::string_view url) {
  constexpr std::string_view kScheme = "http://";
  if (!url.starts_with(kScheme)) return false;
  url.remove_prefix(kScheme.size());
  if (const size_t slash = url.find('/'); slash != std::string_view::npos) {
    path = url.substr(slash);
    url = url.substr(0, slash);
  }
  // The last colon, unless it is inside of [::1].
  const size_t colon = url.rfind(':');
  if (colon != std::string_view::npos && url.find(']', colon) == std::string_view::npos) {
    const std::string_view digits = url.substr(colon + 1);
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size()) return false;
    url = url.substr(0, colon);
  }
  host = url;
  return !url.empty() && port > 0 && port < 65536;
}

std::string HttpAddress::fault(const std::string& url) {
  return fmt::format(
      "\"{}\" is not http://host:port/path, such as http://localhost:8080/health/ready", url);
}

}  // namespace penstock::engine
