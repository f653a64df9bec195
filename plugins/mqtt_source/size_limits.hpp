// Messages beyond max_message_bytes or max_topic_bytes are skipped, counted, and logged once a
// minute.
#pragma once

#include <penstock/context.hpp>
#include <penstock/occasionally.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "options.hpp"

namespace mqtt_source {

class SizeLimits {
 public:
  SizeLimits(const Options& options, penstock::Context& context)
      : most_bytes_(static_cast<size_t>(options.max_message_bytes.count)),
        most_topic_bytes_(static_cast<size_t>(options.max_topic_bytes)),
        context_(context) {}

  // Any thread. True: the message is to be skipped, and has been counted.
  bool skips(std::string_view topic, size_t payload_bytes) {
    const char* why = payload_bytes > most_bytes_        ? "is larger than max_message_bytes"
                      : topic.size() > most_topic_bytes_ ? "has a topic longer than max_topic_bytes"
                                                         : nullptr;
    if (!why) return false;
    context_.add(kOversize);
    context_.drop(1);
    if (tell_.due()) {
      constexpr size_t kShown = 200;
      context_.error("a message on " + std::string(topic.substr(0, kShown)) + " " + why +
                     " and was skipped");
    }
    return true;
  }
  // The payload_bytes of a message that was too large to be read whole.
  static constexpr size_t kNotRead = SIZE_MAX;

 private:
  const size_t most_bytes_, most_topic_bytes_;
  penstock::Context& context_;
  penstock::Occasionally tell_;
};

}  // namespace mqtt_source
