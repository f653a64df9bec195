#include "gathered_messages.hpp"

#include "mqtt_text.hpp"
#include "options.hpp"

namespace mqtt_source {

GatheredMessages::GatheredMessages(size_t connection, bool has_attributes,
                                   penstock::Context& context)
    : connection_(connection), has_attributes_(has_attributes), context_(context) {
  messages_.reserve(kMost);
  publishes_.reserve(kMost);
}

void GatheredMessages::add(const Publish& publish) {
  std::string_view topic = publish.topic;
  if (!is_text(topic)) {
    context_.add(kBadTopics);
    topic = clean_text(topic, next_text());
  }
  // Filled in place: a copy by wide loads right after narrow stores would wait for them.
  penstock_source_message& message = messages_.emplace_back();
  message.size = sizeof(message);
  message.topic = {topic.data(), topic.size()};
  message.payload = {publish.payload.data(), publish.payload.size()};
  if (publish.retained) message.flags |= PENSTOCK_MESSAGE_RETAINED;
  if (publish.dup) message.flags |= PENSTOCK_MESSAGE_DUPLICATE;
  // Each connection is a session, with packet identifiers of its own.
  if (publish.qos > 0) message.identifier = static_cast<uint32_t>(connection_ << 16 | publish.id);
  if (has_attributes_ && !publish.properties.empty()) add_attributes(publish, message);
  publishes_.push_back(publish);
  ids_[publish.id] = true;
}

void GatheredMessages::add_attributes(const Publish& publish, penstock_source_message& message) {
  if (!read_attributes(publish.properties, attributes_)) context_.add(kProtocolErrors);
  std::string& text = next_text();
  attributes_.append_to(text);
  message.attributes = {text.data(), text.size()};
}

std::string& GatheredMessages::next_text() {
  if (texts_used_ == texts_.size()) texts_.emplace_back();
  std::string& text = texts_[texts_used_++];
  text.clear();
  return text;
}

void GatheredMessages::clear() {
  for (const Publish& publish : publishes_) ids_[publish.id] = false;
  messages_.clear();
  publishes_.clear();
  appended_ = 0;
  for (; texts_used_ > 0; --texts_used_) {
    std::string& text = texts_[texts_used_ - 1];
    if (text.capacity() > Attributes::kMostKept) std::string().swap(text);
  }
}

}  // namespace mqtt_source
