// What a call of a plugin emitted.
#pragma once

#include <cstdint>
#include <vector>

#include "provenance/batch.hpp"

namespace penstock::engine {

// Kept until the call is known to have succeeded.
struct Output {
  uint32_t port = 0;
  BatchPtr batch;
  // Made of rows that the node held, or of none: it goes on whatever the call came to, since nobody
  // has these rows any more.
  bool of_held = false;
};
void append(std::vector<Output>& to, std::vector<Output> more);

}  // namespace penstock::engine
