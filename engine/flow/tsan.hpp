// What ThreadSanitizer must be told of oneTBB, which is built without it: that a task begins
// after its message was put in (by the address of the message), and that waiting for the
// graph comes after all tasks (by the address of the graph).
// Nothing in other builds.
#pragma once

#if defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>
#endif

namespace penstock::engine {

// What this thread has written so far is visible after `happens_after` with the same address.
inline void happens_before([[maybe_unused]] void* address) {
#if defined(__SANITIZE_THREAD__)
  __tsan_release(address);
#endif
}

inline void happens_after([[maybe_unused]] void* address) {
#if defined(__SANITIZE_THREAD__)
  __tsan_acquire(address);
#endif
}

}  // namespace penstock::engine
