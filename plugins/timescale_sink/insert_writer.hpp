// Points by multi-row INSERTs, for servers and proxies that refuse COPY.
#pragma once

#include <string>

#include "connection.hpp"
#include "copy_encoder.hpp"

namespace timescale_sink {

// Sends the points in statements of a transaction that has begun. `table` is quoted; a `staged` one
// is the stage (stage.hpp).
Failure insert_points(Connection& connection, const std::string& table, bool staged,
                      const PointReader& points);

}  // namespace timescale_sink
