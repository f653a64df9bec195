// What `penstock check` says about an MQTT source's options.
#pragma once

#include <penstock/plugin.hpp>

#include "options.hpp"

namespace mqtt_source {

void check_options(const Options& options, penstock::Report& report);
// For `penstock check --connect`: connects and subscribes.
void check_connection(const Options& options, penstock::Report& report);

}  // namespace mqtt_source
