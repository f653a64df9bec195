#include "bulk_receiver.hpp"

#include <algorithm>

namespace mqtt_source {
namespace {

std::string with_commas(uint64_t number) {
  std::string text = std::to_string(number);
  for (size_t at = text.size(); at > 3;) text.insert(at -= 3, 1, ',');
  return text;
}

}  // namespace

BulkReceiver::BulkReceiver(const Options& options, penstock::Context& context)
    : options_(context.ends_session() ? without_clean_session(options) : options),
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
              },
              [this](size_t, const SessionEnd& end) { report_end(end); }} {
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

// Each connection has files of its own: changing the number of connections leaves the others alone.
void BulkReceiver::resume(size_t index, uint64_t next_position) {
  const std::string suffix = connection_suffix(static_cast<int64_t>(index) + 1);
  penstock_kept state = PENSTOCK_KEPT_NEW;
  if (void* taken = context_.keep(("sessions" + suffix).c_str(), TakenMessages::kBytes, state)) {
    connections_[index]->client().resume(taken, state == PENSTOCK_KEPT_WHOLE, next_position);
  }
  if (void* known =
          context_.keep(("subscriptions" + suffix).c_str(), KnownSubscriptions::kBytes, state)) {
    connections_[index]->client().resume_subscriptions(known);
  }
  if (!context_.ends_session()) return;
  if (void* end = context_.keep(("ends" + suffix).c_str(), sizeof(SessionEnd::Memory), state)) {
    if (state == PENSTOCK_KEPT_DOUBTFUL) {
      context_.warn("the machine may have crashed while the session of " +
                    connections_[index]->client().client_id() +
                    " was being ended: messages taken from it and not yet stored may be lost");
    }
    connections_[index]->client().resume_end(end);
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

// Gives up or finishes once the sessions of all connections are ended.
void BulkReceiver::report_end(const SessionEnd& end) {
  const std::lock_guard lock(mutex_);
  if (gave_up_) return;
  if (!end.failure().empty()) {
    gave_up_ = true;
    context_.give_up(end.failure());
    return;
  }
  if (end.was_lost()) {
    context_.warn("the broker no longer has the session: messages that it still held are lost");
  }
  taken_ += end.taken();
  ended_ += end.was_found();
  if (++over_ < connections_.size()) return;
  if (ended_ == 0) {
    context_.give_up(options_.broker_url + " has no session of " + options_.client_id);
    return;
  }
  context_.info("took " + with_commas(taken_) + (taken_ == 1 ? " message" : " messages") +
                " that waited in the session of " + options_.client_id + "; the session is ended");
  context_.finished();
}

}  // namespace mqtt_source
