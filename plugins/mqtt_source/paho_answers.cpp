#include "paho_answers.hpp"

#include <cstdint>
#include <optional>

namespace mqtt_source {
namespace {

// nullopt: the broker did not send it.
std::optional<uint32_t> number_property(MQTTProperties& properties, MQTTPropertyCodes name) {
  if (!MQTTProperties_hasProperty(&properties, name)) return std::nullopt;
  return static_cast<uint32_t>(MQTTProperties_getNumericValue(&properties, name));
}

}  // namespace

std::string reason_of(int code) {
  const char* known = MQTTAsync_strerror(code);
  return (known ? std::string(known) + " " : "") + "(code " + std::to_string(code) + ")";
}

std::string text_property(MQTTProperties& properties, MQTTPropertyCodes name) {
  const MQTTProperty* found = MQTTProperties_getProperty(&properties, name);
  if (!found) return "";
  return {found->value.data.data, static_cast<size_t>(found->value.data.len)};
}

Connack connack_of(MQTTAsync_successData& response) {
  Connack answer;
  answer.session_present = response.alt.connect.sessionPresent != 0;
  return answer;
}
Connack connack_of(MQTTAsync_successData5& response) {
  MQTTProperties& properties = response.properties;
  Connack answer;
  answer.session_present = response.alt.connect.sessionPresent != 0;
  answer.keep_alive_s = number_property(properties, MQTTPROPERTY_CODE_SERVER_KEEP_ALIVE);
  answer.session_expiry_s = number_property(properties, MQTTPROPERTY_CODE_SESSION_EXPIRY_INTERVAL);
  const auto has = [&](MQTTPropertyCodes feature) {
    return number_property(properties, feature).value_or(1) != 0;
  };
  answer.has_wildcards = has(MQTTPROPERTY_CODE_WILDCARD_SUBSCRIPTION_AVAILABLE);
  answer.has_shared_subscriptions = has(MQTTPROPERTY_CODE_SHARED_SUBSCRIPTION_AVAILABLE);
  return answer;
}

Suback suback_of(MQTTAsync_successData& response, size_t count) {
  Suback answer;
  for (size_t i = 0; i < count; ++i) {
    answer.codes.push_back(
        static_cast<uint8_t>(count == 1 ? response.alt.qos : response.alt.qosList[i]));
  }
  return answer;
}
Suback suback_of(MQTTAsync_successData5& response, size_t count) {
  Suback answer;
  answer.reason = text_property(response.properties, MQTTPROPERTY_CODE_REASON_STRING);
  for (size_t i = 0; i < count; ++i) {
    answer.codes.push_back(
        static_cast<uint8_t>(count == 1 ? response.reasonCode : response.alt.sub.reasonCodes[i]));
  }
  return answer;
}

Suback suback_of(MQTTAsync_failureData& response) {
  return {{static_cast<uint8_t>(response.code)}, ""};
}
Suback suback_of(MQTTAsync_failureData5& response) {
  const int code =
      response.reasonCode >= kSubscriptionRefused ? response.reasonCode : response.code;
  return {{static_cast<uint8_t>(code)},
          text_property(response.properties, MQTTPROPERTY_CODE_REASON_STRING)};
}

std::vector<uint8_t> unsuback_codes_of(MQTTAsync_successData&, size_t) { return {}; }
std::vector<uint8_t> unsuback_codes_of(MQTTAsync_successData5& response, size_t count) {
  std::vector<uint8_t> codes;
  for (size_t i = 0; i < count; ++i) {
    codes.push_back(
        static_cast<uint8_t>(count == 1 ? response.reasonCode : response.alt.unsub.reasonCodes[i]));
  }
  return codes;
}

bool read_attributes(const MQTTProperties& properties, Attributes& to) {
  const auto text = [](const MQTTLenString& from) {
    return std::string_view(from.data, static_cast<size_t>(from.len));
  };
  for (int i = 0; i < properties.count; ++i) {
    const MQTTProperty& property = properties.array[i];
    const auto& value = property.value;
    const bool may_repeat = property.identifier == MQTTPROPERTY_CODE_USER_PROPERTY ||
                            property.identifier == MQTTPROPERTY_CODE_SUBSCRIPTION_IDENTIFIER;
    if (!may_repeat && !to.is_first(static_cast<uint8_t>(property.identifier))) {
      to.clear();
      return false;
    }
    switch (property.identifier) {
      case MQTTPROPERTY_CODE_PAYLOAD_FORMAT_INDICATOR:
        to.number("payload_format_indicator", value.byte);
        break;
      case MQTTPROPERTY_CODE_MESSAGE_EXPIRY_INTERVAL:
        to.number("message_expiry_interval", value.integer4);
        break;
      case MQTTPROPERTY_CODE_CONTENT_TYPE: to.text("content_type", text(value.data)); break;
      case MQTTPROPERTY_CODE_RESPONSE_TOPIC: to.text("response_topic", text(value.data)); break;
      case MQTTPROPERTY_CODE_CORRELATION_DATA:
        to.bytes("correlation_data", text(value.data));
        break;
      case MQTTPROPERTY_CODE_USER_PROPERTY: to.user(text(value.data), text(value.value)); break;
      default: break;  // between a broker and its client
    }
  }
  return true;
}

}  // namespace mqtt_source
