#pragma once

#include <chrono>
#include <thread>

// Waits for a condition; whether it came true within the deadline, which is far off: an emulated
// processor is slow.
template <class Condition>
bool becomes(Condition&& condition, std::chrono::seconds deadline = std::chrono::seconds(120)) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}
