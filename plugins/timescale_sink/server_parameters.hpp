// How libpq reaches the server that the options name.
#pragma once

#include <string>

#include "connection.hpp"
#include "sink_options.hpp"

namespace timescale_sink {

// `name`: of the connection, as the server shows it.
ConnectionParameters server_parameters(const SinkOptions& options, const std::string& name);
// Whether a password may go to another machine.
bool sends_password(const SinkOptions& options);

}  // namespace timescale_sink
