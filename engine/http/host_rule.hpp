// Which names a browser of this machine may have found the engine by.
#pragma once

#include <set>
#include <string>

#include "config/engine_options.hpp"

namespace penstock::engine {

// A page from anywhere can have its own name resolve to 127.0.0.1 and then read, by the browser
// that shows it, what listens there ("DNS rebinding"). Its requests have that name in their Host
// header.
class HostRule {
 public:
  // Addresses, localhost, this machine's name, those of `listen` and `probe_listen`, `host_names`.
  explicit HostRule(const HttpOptions& options);

  // `host`: the header of that name, or nullptr, which no browser leaves out.
  bool allows(const char* host) const;

 private:
  std::set<std::string> names_;  // in lower case
};

}  // namespace penstock::engine
