// Messages to be appended together. They point into the PacketStream and are valid until its next
// space().
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
  // The most in one append, so that the graph can start before a large read is handled.
  static constexpr size_t kMost = 2000;

  // `connection`: its index. `has_attributes`: the column is wanted.
  GatheredMessages(size_t connection, bool has_attributes, penstock::Context& context);

  void add(const Publish& publish);
  // Packet identifiers are not 0, which stands for messages without one.
  bool holds(uint16_t id) const { return ids_[id]; }
  bool empty() const { return messages_.empty(); }
  bool is_full() const { return messages_.size() >= kMost; }

  void set_received(int64_t received_us) {
    for (penstock_source_message& message : messages_) message.received_us = received_us;
  }
  // Those not yet appended, and their packets.
  std::span<const penstock_source_message> messages() const {
    return std::span(messages_).subspan(appended_);
  }
  std::span<const Publish> publishes() const { return std::span(publishes_).subspan(appended_); }
  // The first `count` of messages() are appended.
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
  // What messages have and no packet contains: cleaned topics, attributes.
  std::deque<std::string> texts_;
  size_t texts_used_ = 0;
  Attributes attributes_;
};

}  // namespace mqtt_source
