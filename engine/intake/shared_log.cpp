#include "intake/shared_log.hpp"

namespace penstock::engine {

SharedLog::SharedLog(const BufferOptions& buffer, Wakeup& pump_wakeup)
    : options(buffer), pump(pump_wakeup) {}

void SharedLog::release(Block* block) {
  if (block->holders.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  Segment& segment = block->segment();
  delete block;
  release(&segment);
}

void SharedLog::release(Segment* segment) {
  if (segment->holders.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  store->release(segment);
  const std::lock_guard lock(mutex);
  space.notify_all();
}

}  // namespace penstock::engine
