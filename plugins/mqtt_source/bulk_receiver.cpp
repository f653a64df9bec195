#include "bulk_receiver.hpp"

#include <algorithm>

namespace mqtt_source {

BulkReceiver::BulkReceiver(const Options& options, penstock::Context& context)
    : options_(options),
      context_(context),
      trouble_(context),
      subscribed_(static_cast<size_t>(options.connections)),
      shared_{options_,
              *BrokerAddress::parse(options.broker_url),
              context,
              {},
              0,
              [this](size_t index, bool subscribed, const std::string& text) {
                report(index, subscribed, text);
              }} {
  for (size_t i = 0; i < subscribed_.size(); ++i) {
    const auto number = static_cast<int64_t>(i) + 1;
    connections_.push_back(std::make_unique<BulkConnection>(
        shared_, i, options_.client_id + connection_suffix(number)));
  }
  context_.label(kBroker, options_.broker_url);
  context_.starting("connecting to " + options_.broker_url);
}

void BulkReceiver::start() {
  uint64_t next_position = 0;
  context_.append(std::span<const penstock_source_message>(), 0, &next_position);
  for (size_t i = 0; i < connections_.size(); ++i) resume(i, next_position);
  for (const auto& connection : connections_) connection->start();
}

// Each in a file of its own, so that another number of them changes nothing for those that stay.
void BulkReceiver::resume(size_t index, uint64_t next_position) {
  const std::string suffix = connection_suffix(static_cast<int64_t>(index) + 1);
  penstock_kept state = PENSTOCK_KEPT_NEW;
  if (void* taken = context_.keep(("sessions" + suffix).c_str(), TakenMessages::kBytes, state)) {
    connections_[index]->resume(taken, state == PENSTOCK_KEPT_WHOLE, next_position);
  }
  if (void* known =
          context_.keep(("subscriptions" + suffix).c_str(), KnownSubscriptions::kBytes, state)) {
    connections_[index]->resume_subscriptions(known);
  }
}

void BulkReceiver::stop() {
  for (const auto& connection : connections_) connection->stop();
}

void BulkReceiver::acknowledged(uint64_t position) {
  shared_.safe_position = position;
  for (const auto& connection : connections_) connection->wake();
}

void BulkReceiver::report(size_t index, bool subscribed, const std::string& text) {
  const std::lock_guard lock(mutex_);
  subscribed_[index] = subscribed;
  const bool all =
      std::all_of(subscribed_.begin(), subscribed_.end(), [](bool each) { return each; });
  context_.set(kConnected, all ? 1 : 0);
  if (!subscribed) {
    trouble_.tell(text);
  } else if (all) {
    context_.info("connected to " + options_.broker_url + " (" + text + ")");
    trouble_.over();
  }
}

}  // namespace mqtt_source
