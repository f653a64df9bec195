#include "regexps/cache.hpp"

#include <algorithm>

namespace sql {

const Regexp* RegexpCache::get(Text pattern, unsigned options, RegexpProblem& problem) {
  auto at = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return entry.options == options && entry.pattern == pattern;
  });
  if (at == entries_.end()) {
    if (entries_.size() == kMost) entries_.pop_back();
    entries_.push_front({std::string(pattern), options, {}});
    at = entries_.begin();
    try {
      at->made = std::make_shared<Regexp>(pattern, options);
    } catch (const RegexpProblem& caught) {
      at->made = caught;
    }
  } else if (at != entries_.begin()) {
    entries_.splice(entries_.begin(), entries_, at);
  }
  if (const auto* const made = std::get_if<std::shared_ptr<Regexp>>(&at->made)) return made->get();
  problem = std::get<RegexpProblem>(at->made);
  return nullptr;
}

}  // namespace sql
