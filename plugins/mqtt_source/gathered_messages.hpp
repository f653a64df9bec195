// The messages of packets that were read and are to be appended together. They point into the
// PacketStream until its next space().
#pragma once

#include <penstock/context.hpp>

#include <bitset>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <vector>

#include "attributes.hpp"
#include "packets.hpp"

namespace mqtt_source {

class GatheredMessages {
 public:
  // The most that one append takes, so that the graph gets to work before a large read ends.
  static constexpr size_t kMost = 2000;

  // `connection`: of the source. `has_attributes`: the column is asked for.
  GatheredMessages(size_t connection, bool has_attributes, penstock::Context& context);

  void add(const Publish& publish);
  // One without a packet identifier is kept as 0, which no message with one has.
  bool holds(uint16_t id) const { return ids_[id]; }
  bool empty() const { return messages_.empty(); }
  bool is_full() const { return messages_.size() >= kMost; }

  void set_received(int64_t received_us) {
    for (penstock_source_message& message : messages_) message.received_us = received_us;
  }
  // Those that are not yet appended, and their packets.
  std::span<const penstock_source_message> messages() const {
    return std::span(messages_).subspan(appended_);
  }
  std::span<const Publish> publishes() const { return std::span(publishes_).subspan(appended_); }
  // The first `count` of these are appended. With the last one it is empty.
  void appended(size_t count) {
    appended_ += count;
    if (appended_ == messages_.size()) clear();
  }
  void clear();

 private:
  void add_attributes(const Publish& publish, penstock_source_message& message);
  std::string& next_text();

  const size_t connection_;
  const bool has_attributes_;
  penstock::Context& context_;
  std::vector<penstock_source_message> messages_;
  std::vector<Publish> publishes_;
  std::bitset<65'536> ids_;
  size_t appended_ = 0;
  // What messages have that no packet holds: topics with U+FFFD, attributes.
  std::deque<std::string> texts_;
  size_t texts_used_ = 0;
  Attributes attributes_;
};

}  // namespace mqtt_source
