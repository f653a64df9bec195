// Checks the options, as far as possible without the server.
#pragma once

#include <penstock/plugin.hpp>

#include "sink_options.hpp"

namespace timescale_sink {

void check_options(const SinkOptions& options, penstock::Report& report);

}  // namespace timescale_sink
