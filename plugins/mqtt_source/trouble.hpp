// A receiver's trouble, in log and health. The engine logs that a node became degraded; each new
// cause while it is degraded is logged here, once.
#pragma once

#include <penstock/context.hpp>

#include <set>
#include <string>

namespace mqtt_source {

// One call at a time.
class Trouble {
 public:
  explicit Trouble(penstock::Context& context) : context_(context) {}

  void tell(const std::string& cause) {
    constexpr size_t kMost = 32;
    if (told_.size() == kMost) told_.clear();
    const bool first = told_.empty();
    if (told_.insert(cause).second && !first) context_.warn(cause);
    context_.degraded(cause);
  }
  void over() {
    told_.clear();
    context_.healthy();
  }

 private:
  penstock::Context& context_;
  std::set<std::string> told_;
};

}  // namespace mqtt_source
