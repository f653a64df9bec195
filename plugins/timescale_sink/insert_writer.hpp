// Points by multi-row INSERTs, for servers and proxies that refuse COPY.
#pragma once

#include <penstock/batch.hpp>

#include <string>

#include "connection.hpp"

namespace timescale_sink {

// Writes the batch in one transaction. `table` is quoted.
Failure insert_points(Connection& connection, const std::string& table,
                      const penstock::Batch& batch);

}  // namespace timescale_sink
