#include <string>

#include "option_check.hpp"
#include "receiver.hpp"
#include "trial.hpp"

namespace mqtt_source {

// Topic by topic, so that each that is refused is named.
void check_connection(const Options& options, penstock::Report& report) {
  Options trial = without_disturbance(options);
  size_t well = 0;
  for (size_t i = 0; i < options.topics.size(); ++i) {
    trial.topics = {without_disturbance(options).topics[i]};
    TrialResult result = try_receiver(trial);
    if (const size_t at = result.trouble.find(trial.topics[0]); at != std::string::npos) {
      result.trouble.replace(at, trial.topics[0].size(), options.topics[i]);
    }
    for (const std::string& warning : result.warnings) report.warning("topics", warning);
    if (result.trouble.empty()) {
      ++well;
      continue;
    }
    if (result.trouble.find(kRefusedSubscription) == std::string::npos) {
      report.error("broker_url", result.trouble + "; " + advice_for(result.trouble));
      return;
    }
    const Options plain = without_groups(trial);
    const bool allows_plain = plain.topics != trial.topics && try_receiver(plain).trouble.empty();
    const std::string user = options.username.empty() ? "clients without a username"
                                                      : "the user \"" + options.username + "\"";
    if (allows_plain) {
      report.warning("topics", result.trouble + "; it allows " + plain.topics[0] +
                                   ", so it may allow just the group of " + options.topics[i] +
                                   ", which is not tried, since that takes messages from it");
    } else {
      report.error("topics", result.trouble + "; have the broker's access control allow " + user +
                                 " to subscribe to " + options.topics[i]);
    }
  }
  if (well < options.topics.size()) return;
  report.note("connected to " + options.broker_url + " and subscribed to " + std::to_string(well) +
              (well == 1 ? " topic filter" : " topic filters"));
}

}  // namespace mqtt_source
