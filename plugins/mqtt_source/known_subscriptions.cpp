#include "known_subscriptions.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>

#include "taken_messages.hpp"

namespace mqtt_source {
namespace {

// Before each topic in the text. A newline ends it, which no topic contains (fault_of_filter).
constexpr char kIsGranted = '+', kIsAskedFor = '?';

bool contains(const std::vector<std::string>& topics, const std::string& topic) {
  return std::find(topics.begin(), topics.end(), topic) != topics.end();
}

}  // namespace

// Includes the session, so that another session's text does not match.
uint64_t KnownSubscriptions::hash_of(std::string_view text) const {
  return TakenMessages::hash(session_, text) | 1;
}

void KnownSubscriptions::resume(void* memory, uint64_t session) {
  memory_ = static_cast<Memory*>(memory);
  session_ = session;
  all_.clear();
  for (size_t i = 0; i < 2; ++i) {
    const Memory::Copy& copy = memory_->copies[i];
    if (copy.bytes > Memory::kTextBytes) continue;
    std::string_view text(copy.text, copy.bytes);
    if (copy.hash != hash_of(text)) continue;
    valid_ = i;
    while (!text.empty()) {
      const std::string_view line = text.substr(0, text.find('\n'));
      if (!line.empty()) all_.push_back({std::string(line.substr(1)), line[0] == kIsGranted});
      text.remove_prefix(std::min(line.size() + 1, text.size()));
    }
    return;
  }
}

bool KnownSubscriptions::store() {
  if (!memory_) return true;
  std::string text;
  for (const auto& [topic, granted] : all_) {
    text.append(1, granted ? kIsGranted : kIsAskedFor).append(topic).append(1, '\n');
  }
  Memory::Copy& former = memory_->copies[valid_];
  Memory::Copy& next = memory_->copies[1 - valid_];
  const bool fits = text.size() <= Memory::kTextBytes;
  if (!fits) text.clear();
  next.hash = 0;
  std::atomic_signal_fence(std::memory_order_seq_cst);
  next.bytes = text.size();
  std::memcpy(next.text, text.data(), text.size());
  std::atomic_signal_fence(std::memory_order_seq_cst);
  next.hash = hash_of(text);
  std::atomic_signal_fence(std::memory_order_seq_cst);
  former.hash = 0;
  valid_ = 1 - valid_;
  return fits;
}

void KnownSubscriptions::forget() {
  all_.clear();
  store();
}

bool KnownSubscriptions::ask_for(const std::vector<std::string>& topics) {
  for (const std::string& topic : topics) {
    const bool known = std::any_of(all_.begin(), all_.end(),
                                   [&](const Known& each) { return each.topic == topic; });
    if (!known) all_.push_back({topic, false});
  }
  return store();
}

bool KnownSubscriptions::granted(const std::vector<std::string>& topics) {
  for (Known& each : all_) each.granted = each.granted || contains(topics, each.topic);
  return store();
}

void KnownSubscriptions::left(const std::vector<std::string>& topics) {
  std::erase_if(all_, [&](const Known& each) { return contains(topics, each.topic); });
  store();
}

bool KnownSubscriptions::any_unsettled(const std::vector<std::string>& topics) const {
  return std::any_of(all_.begin(), all_.end(), [&](const Known& each) {
    return !each.granted && contains(topics, each.topic);
  });
}

std::vector<std::string> KnownSubscriptions::granted_of(
    const std::vector<std::string>& topics) const {
  std::vector<std::string> granted;
  for (const Known& each : all_) {
    if (each.granted && contains(topics, each.topic)) granted.push_back(each.topic);
  }
  return granted;
}

std::vector<std::string> KnownSubscriptions::beside(const std::vector<std::string>& topics) const {
  std::vector<std::string> others;
  for (const Known& each : all_) {
    if (!contains(topics, each.topic)) others.push_back(each.topic);
  }
  return others;
}

}  // namespace mqtt_source
