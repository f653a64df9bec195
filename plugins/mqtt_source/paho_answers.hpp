// Brokers' answers, converted from Paho's structures.
#pragma once

#include <MQTTAsync.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "attributes.hpp"
#include "packets.hpp"

namespace mqtt_source {

// Why a function of Paho's failed.
std::string reason_of(int code);

// Empty: the broker did not send it.
std::string text_property(MQTTProperties& properties, MQTTPropertyCodes name);

Connack connack_of(MQTTAsync_successData& response);
Connack connack_of(MQTTAsync_successData5& response);

// `count`: of topics.
Suback suback_of(MQTTAsync_successData& response, size_t count);
Suback suback_of(MQTTAsync_successData5& response, size_t count);
// With a single topic, Paho reports a refusal as a failure.
Suback suback_of(MQTTAsync_failureData& response);
Suback suback_of(MQTTAsync_failureData5& response);

// `count`: of topics; 3.1.1 has no codes.
std::vector<uint8_t> unsuback_codes_of(MQTTAsync_successData& response, size_t count);
std::vector<uint8_t> unsuback_codes_of(MQTTAsync_successData5& response, size_t count);

// The properties of a message. False: one came twice that MQTT allows once, and `to` is empty.
bool read_attributes(const MQTTProperties& properties, Attributes& to);

}  // namespace mqtt_source
