#include "topic_filter.hpp"

#include "mqtt_text.hpp"

namespace mqtt_source {
namespace {

constexpr std::string_view kShare = "$share/";

// Takes a level and the slash after it off the front. False: none is left.
bool take_level(std::string_view& rest, bool& ended, std::string_view& level) {
  if (ended) return false;
  const size_t slash = rest.find('/');
  level = rest.substr(0, slash);
  ended = slash == std::string_view::npos;
  if (!ended) rest.remove_prefix(slash + 1);
  return true;
}

}  // namespace

std::string fault_of_filter(const std::string& filter) {
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

bool matches(std::string_view filter, std::string_view topic) {
  if (filter.starts_with(kShare)) filter.remove_prefix(filter.find('/', kShare.size()) + 1);
  const bool begins_wild = filter.starts_with('#') || filter.starts_with('+');
  if (begins_wild && topic.starts_with('$')) return false;
  bool filter_ended = false, topic_ended = false;
  std::string_view of_filter, of_topic;
  while (take_level(filter, filter_ended, of_filter)) {
    if (of_filter == "#") return true;  // the level above it, too
    if (!take_level(topic, topic_ended, of_topic)) return false;
    if (of_filter != "+" && of_filter != of_topic) return false;
    if (topic_ended && !filter_ended) return filter == "#";
  }
  return topic_ended;
}

}  // namespace mqtt_source
