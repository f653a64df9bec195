// A short trial of a receiver, for `penstock check --connect`.
#pragma once

#include <string>
#include <vector>

#include "options.hpp"

namespace mqtt_source {

struct TrialResult {
  std::string trouble;  // empty: connected and subscribed
  std::vector<std::string> warnings;
  std::string granted;  // version, and what the broker grants
};

// Connects and subscribes with a receiver made from `options`, then ends it. Discards what it
// receives.
TrialResult try_receiver(const Options& options);

// The options with a session and groups of the trial's own: it disturbs no running session and
// takes no message from the members of a group.
Options without_disturbance(Options options);
// The options without $share/GROUP/.
Options without_groups(Options options);

}  // namespace mqtt_source
