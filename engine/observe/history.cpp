#include "observe/history.hpp"

#include <algorithm>

namespace penstock::engine {
namespace {

// A node that was replaced may count from zero again.
uint64_t grown(uint64_t before, uint64_t now) { return now < before ? now : now - before; }

uint32_t rate(uint64_t before, uint64_t now, double seconds) {
  const double rate = static_cast<double>(grown(before, now)) / seconds;
  return static_cast<uint32_t>(std::min(rate + 0.5, 4e9));
}

}  // namespace

NodeSums sums_of(const NodeReading& node) {
  NodeSums sums;
  for (const PortReading& port : node.ports) sums.rows_out += port.rows;
  sums.rows_in = node.intake ? node.intake->received : node.rows_in;
  sums.busy_ns = node.busy_ns;
  sums.errors = node.errors;
  return sums;
}

void History::sample(const Snapshot& snapshot, double seconds) {
  std::map<std::string, Track> tracks;
  for (const NodeReading& node : snapshot.nodes) {
    const NodeSums now = sums_of(node);
    const auto known = tracks_.find(node.name());
    Track& track = tracks[node.name()];
    if (known == tracks_.end()) {
      track.before = now;
      continue;
    }
    track = std::move(known->second);
    Second second;
    second.rows_in = rate(track.before.rows_in, now.rows_in, seconds);
    second.rows_out = rate(track.before.rows_out, now.rows_out, seconds);
    second.busy = static_cast<float>(static_cast<double>(grown(track.before.busy_ns, now.busy_ns)) /
                                     1e9 / seconds);
    second.errors = static_cast<uint32_t>(grown(track.before.errors, now.errors));
    if (track.seconds.size() < kSeconds) track.seconds.push_back(second);
    else track.seconds[track.next] = second;
    track.next = (track.next + 1) % kSeconds;
    track.before = now;
  }
  tracks_ = std::move(tracks);
}

std::vector<History::Second> History::of(const std::string& node) const {
  const auto track = tracks_.find(node);
  if (track == tracks_.end()) return {};
  std::vector<Second> seconds = track->second.seconds;
  if (seconds.size() == kSeconds) {
    std::rotate(seconds.begin(), seconds.begin() + static_cast<int64_t>(track->second.next),
                seconds.end());
  }
  return seconds;
}

// `back` 0 is the newest.
History::Second History::second(const std::string& node, size_t back) const {
  const auto found = tracks_.find(node);
  if (found == tracks_.end() || back >= found->second.seconds.size()) return {};
  const Track& track = found->second;
  return track.seconds[(track.next + kSeconds - 1 - back) % kSeconds];
}

History::Second History::last(const std::string& node) const { return second(node, 0); }

uint64_t History::recent_errors(const std::string& node) const {
  constexpr size_t kRecent = 10;
  uint64_t sum = 0;
  for (size_t back = 0; back < kRecent; ++back) sum += second(node, back).errors;
  return sum;
}

}  // namespace penstock::engine
