// Topic filters (MQTT 5 §4.7, §4.8.2).
#pragma once

#include <string>
#include <string_view>

namespace mqtt_source {

// What is wrong with a topic filter; empty: nothing.
std::string fault_of_filter(const std::string& filter);

// Whether a valid filter, perhaps of a shared subscription, matches a topic (MQTT 5 §4.7.1,
// §4.7.2).
bool matches(std::string_view filter, std::string_view topic);

}  // namespace mqtt_source
