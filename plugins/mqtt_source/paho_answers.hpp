// What brokers answered, taken from Paho's words for it.
#pragma once

#include <MQTTAsync.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "attributes.hpp"
#include "packets.hpp"

namespace mqtt_source {

// Of a function of Paho's that failed.
std::string reason_of(int code);

// Empty where the broker did not say.
std::string text_property(MQTTProperties& properties, MQTTPropertyCodes name);

Connack connack_of(MQTTAsync_successData& response);
Connack connack_of(MQTTAsync_successData5& response);

// `count`: of topics.
Suback suback_of(MQTTAsync_successData& response, size_t count);
Suback suback_of(MQTTAsync_successData5& response, size_t count);
// Of one topic Paho takes the broker's code for a failure.
Suback suback_of(MQTTAsync_failureData& response);
Suback suback_of(MQTTAsync_failureData5& response);

// `count`: of topics; none of 3.1.1.
std::vector<uint8_t> unsuback_codes_of(MQTTAsync_successData& response, size_t count);
std::vector<uint8_t> unsuback_codes_of(MQTTAsync_successData5& response, size_t count);

// Those of a message. False: one came twice that MQTT allows once, and none is there.
bool read_attributes(const MQTTProperties& properties, Attributes& to);

}  // namespace mqtt_source
