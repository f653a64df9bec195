// Points by multi-row INSERTs, for servers and proxies that refuse COPY.
#pragma once

#include <penstock/batch.hpp>

#include <functional>
#include <string>

#include "connection.hpp"
#include "copy_encoder.hpp"

namespace timescale_sink {

// Writes chunks of the batch in one transaction. `table` is quoted. `first` is run before them in
// that transaction, and `choose` is given its result and says which chunks.
Failure insert_points(Connection& connection, const std::string& table,
                      const penstock::Batch& batch, const std::string& first,
                      const std::function<ChunkChoice(const PGresult*)>& choose);

}  // namespace timescale_sink
