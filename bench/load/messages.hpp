// The messages of simulated machines, by number.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "arguments.hpp"
#include "message_template.hpp"
#include "spoil.hpp"

namespace mqtt_load {

// Never 0 (MQTT-2.2.1-3).
inline uint16_t packet_id(int64_t number) { return static_cast<uint16_t>(number % 65'535 + 1); }

class Messages {
 public:
  explicit Messages(const Arguments& arguments) : arguments_(arguments) {
    using generator_source::MessageFormat;
    const auto format = arguments.compact ? MessageFormat::kCompact : MessageFormat::kDocumented;
    for (int64_t i = 1; i <= arguments.devices; ++i) templates_.emplace_back(format, i);
  }

  const std::string& topic(int64_t number) { return device(number).topic(); }

  std::string payload(int64_t number, uint32_t thousandths, int64_t time_ms) {
    std::string payload(device(number).fill(thousandths, time_ms));
    if (arguments_.sequence) {
      payload.pop_back();
      payload += ",\"seq\":" + std::to_string(number) + "}";
    }
    return spoilt(std::move(payload), number, arguments_);
  }

  // The same as its machine writes it, valid until the next call.
  std::string_view fill(int64_t number, uint32_t thousandths, int64_t time_ms) {
    return device(number).fill(thousandths, time_ms);
  }

 private:
  generator_source::MessageTemplate& device(int64_t number) {
    return templates_[static_cast<size_t>(number) % templates_.size()];
  }

  const Arguments arguments_;
  std::vector<generator_source::MessageTemplate> templates_;
};

}  // namespace mqtt_load
