#include <set>
#include <string>

#include "option_check.hpp"
#include "receiver.hpp"
#include "trial.hpp"

namespace mqtt_source {
namespace {

// The trial's text, with the operator's topic instead of the trial's.
std::string in_words_of(const std::string& topic, const std::string& trial, std::string text) {
  if (const size_t at = text.find(trial); at != std::string::npos) {
    text.replace(at, trial.size(), topic);
  }
  return text;
}

}  // namespace

// Topic by topic, so that every refused one is named.
void check_connection(const Options& options, penstock::Report& report) {
  Options trial = without_disturbance(options);
  size_t subscribed = 0;
  std::string granted;
  std::set<std::string> warned;
  for (size_t i = 0; i < options.topics.size(); ++i) {
    trial.topics = {without_disturbance(options).topics[i]};
    TrialResult result = try_receiver(trial);
    result.trouble = in_words_of(options.topics[i], trial.topics[0], result.trouble);
    for (const std::string& warning : result.warnings) {
      const std::string text = in_words_of(options.topics[i], trial.topics[0], warning);
      if (warned.insert(text).second) report.warning("topics", text);
    }
    if (result.trouble.empty()) {
      ++subscribed;
      granted = result.granted;
      continue;
    }
    if (result.trouble.find(kRefusedSubscription) == std::string::npos) {
      report.error("broker_url", result.trouble);
      return;
    }
    if (result.trouble.find(kNoSharedSubscriptions) != std::string::npos) {
      report.error("topics", result.trouble);
      continue;
    }
    const Options plain = without_groups(trial);
    const bool allows_plain = plain.topics != trial.topics && try_receiver(plain).trouble.empty();
    const std::string user = options.username.empty() ? "clients without a username"
                                                      : "the user \"" + options.username + "\"";
    if (allows_plain) {
      report.warning("topics", result.trouble + "; it allows " + plain.topics[0] +
                                   ", so it may allow only the group of " + options.topics[i] +
                                   ", which is not tried, since that would take its messages");
    } else {
      report.error("topics", result.trouble + "; have the broker's access control allow " + user +
                                 " to subscribe to " + options.topics[i]);
    }
  }
  if (subscribed < options.topics.size()) return;
  report.note("connected to " + options.broker_url + " and subscribed to " +
              std::to_string(subscribed) + (subscribed == 1 ? " topic filter" : " topic filters") +
              " (" + granted + ")");
}

}  // namespace mqtt_source
