// A broker for measuring: streams messages to the one subscriber as fast as it acknowledges them.
#pragma once

#include "arguments.hpp"

namespace mqtt_load {

// Serves one connection: prints what it sent and how it was acknowledged. 0 when every packet was
// acknowledged exactly once.
int serve(const Arguments& arguments);

}  // namespace mqtt_load
