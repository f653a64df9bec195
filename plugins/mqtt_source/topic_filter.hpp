// Topic filters, as MQTT defines them.
#pragma once

#include <string>
#include <string_view>

namespace mqtt_source {

// What is wrong with a topic filter (MQTT 5 §4.7, §4.8.2); empty when nothing is.
std::string fault_of_filter(const std::string& filter);

// Whether a topic is one of a filter without faults, which may be of a shared subscription
// (MQTT 5 §4.7.1, §4.7.2).
bool matches(std::string_view filter, std::string_view topic);

}  // namespace mqtt_source
