#include "message_template.hpp"

#include <cstdio>
#include <ctime>

namespace generator_source {
namespace {

constexpr const char* kValue = "00.000";
constexpr const char* kDateTime = "0000-00-00T00:00:00.000Z";
constexpr const char* kMilliseconds = "0000000000000";

void write_digits(char* at, uint64_t number, int count) {
  for (int i = count - 1; i >= 0; --i, number /= 10) at[i] = static_cast<char>('0' + number % 10);
}

}  // namespace

MessageTemplate::MessageTemplate(MessageFormat format, int64_t device) : format_(format) {
  char number[16];
  std::snprintf(number, sizeof(number), "%03lld", static_cast<long long>(device));
  const std::string id = std::string("plc-") + number;
  topic_ = "dev/" + id + "/temperature";
  const std::string ids = "\"device_id\":\"" + id + "\",\"tag_id\":\"temperature\"";
  if (format == MessageFormat::kDocumented) {
    text_ = std::string("{\"value\":") + kValue +
            ",\"quality\":192,\"unit\":\"°C\",\"timestamp\":\"" + kDateTime + "\"," + ids + "}";
    time_at_ = text_.find(kDateTime);
  } else {
    text_ = std::string("{\"v\":") + kValue +
            ",\"q\":\"good\",\"u\":\"°C\",\"ts\":" + kMilliseconds + "," + ids + "}";
    time_at_ = text_.find(kMilliseconds);
  }
  value_at_ = text_.find(kValue);
}

std::string_view MessageTemplate::fill(uint32_t thousandths, int64_t time_ms) {
  char* value = text_.data() + value_at_;
  // A JSON number has no leading zero, so values run from 10 on.
  write_digits(value, 10 + thousandths / 1000 % 90, 2);
  write_digits(value + 3, thousandths % 1000, 3);
  write_time(time_ms);
  return text_;
}

void MessageTemplate::write_time(int64_t time_ms) {
  char* at = text_.data() + time_at_;
  if (format_ == MessageFormat::kCompact) {
    write_digits(at, static_cast<uint64_t>(time_ms), 13);
    return;
  }
  const int64_t second = time_ms / 1000;
  if (second != written_second_) {
    written_second_ = second;
    const std::time_t time = second;
    std::tm parts = {};
    gmtime_r(&time, &parts);
    char text[32];
    std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &parts);
    for (int i = 0; i < 19; ++i) at[i] = text[i];
  }
  write_digits(at + 20, static_cast<uint64_t>(time_ms % 1000), 3);
}

}  // namespace generator_source
