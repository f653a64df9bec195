// What a lane writes all its batches with.
#pragma once

#include <penstock/builders.hpp>
#include <penstock/context.hpp>

#include <optional>
#include <vector>

#include "connection.hpp"
#include "ledger.hpp"
#include "session_settings.hpp"

namespace timescale_sink {

struct Lane {
  Connection& connection;
  penstock::Context& context;
  const bool use_copy;
  SessionSettings settings;
  std::optional<Ledger> ledger;  // with one, delivery is exactly once
  // What is sent, kept so that encoding does not allocate for each batch.
  penstock::Buffer<char> copy_data = {};
  std::vector<penstock::Buffer<char>> arrays = {};
};

}  // namespace timescale_sink
