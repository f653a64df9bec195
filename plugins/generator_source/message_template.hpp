// The documented message, ready but for the value and the time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace generator_source {

enum class MessageFormat { kDocumented, kCompact };

class MessageTemplate {
 public:
  MessageTemplate(MessageFormat format, int64_t device);

  const std::string& topic() const { return topic_; }
  // The message with this value (thousandths, below 100,000) and time; valid until the
  // next call.
  std::string_view fill(uint32_t thousandths, int64_t time_ms);

 private:
  void write_time(int64_t time_ms);

  MessageFormat format_;
  std::string topic_;
  std::string text_;
  size_t value_at_ = 0;
  size_t time_at_ = 0;
  int64_t written_second_ = -1;
};

}  // namespace generator_source
