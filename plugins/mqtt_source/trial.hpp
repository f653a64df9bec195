// A receiver tried for a moment, for `penstock check --connect`.
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

// Makes a receiver of `options`, lets it connect and subscribe, and ends it. What it receives is
// thrown away.
TrialResult try_receiver(const Options& options);

// The options with a session and groups of the trial's own: a session that runs goes on, and no
// message is taken from those who share the topics.
Options without_disturbance(Options options);
// The same without the groups.
Options without_groups(Options options);

}  // namespace mqtt_source
