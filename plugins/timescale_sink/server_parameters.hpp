// libpq's parameters for the server in the options.
#pragma once

#include <string>

#include "connection.hpp"
#include "sink_options.hpp"

namespace timescale_sink {

// `name`: the connection's application_name.
ConnectionParameters server_parameters(const SinkOptions& options, const std::string& name);
// Whether a password may be sent to another machine.
bool sends_password(const SinkOptions& options);

}  // namespace timescale_sink
