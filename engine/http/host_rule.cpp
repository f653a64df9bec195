#include "http/host_rule.hpp"

#include <arpa/inet.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <string_view>

#include "config/listen_address.hpp"

namespace penstock::engine {
namespace {

std::string lower_case(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  std::string lower(name);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

bool is_address(int family, const std::string& text) {
  in6_addr ignored = {};
  return inet_pton(family, text.c_str(), &ignored) == 1;
}

}  // namespace

HostRule::HostRule(const HttpOptions& options) : names_{"localhost"} {
  char own[256] = {};
  if (gethostname(own, sizeof(own) - 1) == 0) names_.insert(lower_case(own));
  for (const auto* addresses : {&options.listen, &options.probe_listen}) {
    for (const std::string& each : *addresses) {
      const auto address = ListenAddress::parse(each);
      if (address) names_.insert(lower_case(address->host));
    }
  }
  for (const std::string& each : options.host_names) names_.insert(lower_case(each));
}

bool HostRule::allows(const char* host) const {
  if (!host) return true;
  const std::string_view text(host);
  if (text.starts_with('[')) {
    return is_address(AF_INET6,
                      std::string(text.substr(1, std::max<size_t>(text.find(']'), 1) - 1)));
  }
  const std::string name = lower_case(text.substr(0, text.find(':')));
  return is_address(AF_INET, name) || name.ends_with(".localhost") || names_.contains(name);
}

}  // namespace penstock::engine
