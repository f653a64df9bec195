#include "topic_filter.hpp"

#include <string_view>

#include "mqtt_text.hpp"

namespace mqtt_source {

std::string fault_of_filter(const std::string& filter) {
  constexpr std::string_view kShare = "$share/";
  std::string_view rest = filter;
  if (std::string fault = fault_of_text(filter); !fault.empty()) return fault;
  if (rest.starts_with(kShare)) {
    rest.remove_prefix(kShare.size());
    const size_t slash = rest.find('/');
    const std::string_view group = rest.substr(0, slash);
    if (slash == std::string_view::npos || group.empty() || slash + 1 == rest.size()) {
      return "is not $share/GROUP/FILTER";
    }
    if (group.find_first_of("+#") != std::string_view::npos) return "has + or # in its group";
    rest.remove_prefix(slash + 1);
  }
  if (rest.empty()) return "is empty";
  for (size_t at = 0; at < rest.size(); ++at) {
    const bool first = at == 0 || rest[at - 1] == '/';
    const bool last = at + 1 == rest.size();
    if (rest[at] == '#' && (!first || !last)) return "has a # that is not its whole last level";
    if (rest[at] == '+' && (!first || (!last && rest[at + 1] != '/'))) {
      return "has a + that is not a whole level";
    }
  }
  return "";
}

}  // namespace mqtt_source
