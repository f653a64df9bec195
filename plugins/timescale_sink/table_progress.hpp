// Whether anything is stored in a table, by whichever lane of the process.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

namespace timescale_sink {

struct TableProgress {
  std::atomic<uint64_t> batches_stored = 0;
};

// The same for the same key, as long as somebody has it.
std::shared_ptr<TableProgress> progress_of(const std::string& key);

}  // namespace timescale_sink
