// Topic filters, as MQTT defines them.
#pragma once

#include <string>

namespace mqtt_source {

// What is wrong with a topic filter (MQTT 5 §4.7, §4.8.2); empty when nothing is.
std::string fault_of_filter(const std::string& filter);

}  // namespace mqtt_source
