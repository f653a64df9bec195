#include "taken_messages.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace mqtt_source {
namespace {

constexpr uint64_t kOdd = 0x9E37'79B9'7F4A'7C15;

uint64_t word(const char* at, size_t size) {
  uint64_t value = 0;
  std::memcpy(&value, at, size);
  return value;
}

uint64_t mix(uint64_t hash, uint64_t value) {
  hash = (hash ^ value) * kOdd;
  return hash ^ hash >> 29;
}

}  // namespace

// Two sums side by side, since a multiplication takes several cycles. It must not change: hashes
// outlive the process.
uint64_t TakenMessages::hash(uint64_t seed, std::string_view text) {
  const char* at = text.data();
  size_t size = text.size();
  uint64_t first = seed ^ size * kOdd, second = ~seed;
  for (; size >= 16; size -= 16, at += 16) {
    first = mix(first, word(at, 8));
    second = mix(second, word(at + 8, 8));
  }
  if (size >= 8) {
    first = mix(first, word(at, 8));
    at += 8;
    size -= 8;
  }
  if (size > 0) second = mix(second, word(at, size));
  return mix(first, second);
}

TakenMessages::TakenMessages() : own_(kBytes / sizeof(uint64_t)), memory_(own_.data()) {}

void TakenMessages::resume(void* memory, bool fits, uint64_t session, uint64_t next_position) {
  memory_ = memory;
  own_ = {};
  if (!fits || header().session != session) forget();
  header().session = session;
  // What the last process did not get to append.
  for (size_t id = 0; id < here_.size(); ++id) {
    if (entries()[id].position() > next_position) entries()[id] = {};
  }
}

void TakenMessages::forget() {
  std::fill_n(entries(), here_.size(), Entry{});
  header() = {header().session, 0, 0, 0, {}};
}

void TakenMessages::begin_connection() {
  here_.reset();
  brought_new_ = false;
  order().begin_connection();
}

// A broker resends before it sends anything new; what it has not resent by then it has forgotten.
bool TakenMessages::is_recent(const Entry& entry) const {
  return (header().connection + kConnections - entry.connection()) % kConnections <= 1;
}

// By the broker, which then has not reused the identifier.
bool TakenMessages::may_be_unacknowledged(const Entry& entry) const {
  if (entry.position() > acknowledged()) return true;
  const IdentifierOrder& order = header().order;
  return order.counts_up() && header().newest - entry.position() < order.round() / 2;
}

std::optional<TakenMessages::Taken> TakenMessages::first_of(const Publish& publish) const {
  const Entry& entry = entries()[publish.id];
  const bool here = here_[publish.id];
  const bool is_unreleased = publish.qos == 2 && entry.is_unreleased() && (publish.dup || here);
  const bool may_repeat = publish.dup && entry.position() > 0 && is_recent(entry) &&
                          (here || header().order.keeps()) && may_be_unacknowledged(entry);
  if (!(is_unreleased || may_repeat) || entry.hash != hash_of(publish)) return std::nullopt;
  return Taken{entry.position(), here};
}

void TakenMessages::take(const Publish& publish, uint64_t position) {
  if (!publish.dup && !std::exchange(brought_new_, true)) {
    header().connection = (header().connection + 1) % kConnections;
  }
  note(publish.id, position, publish.qos == 2);
  entries()[publish.id].hash = hash_of(publish);
  header().newest = position;
}

void TakenMessages::repeated(const Publish& publish) {
  note(publish.id, entries()[publish.id].position(), publish.qos == 2);
}

void TakenMessages::release(uint16_t id) {
  if (entries()[id].position() > 0) note(id, entries()[id].position(), false);
}

void TakenMessages::note(uint16_t id, uint64_t position, bool unreleased) {
  entries()[id].word = position << 16 | header().connection << 1 | (unreleased ? kUnreleased : 0);
  here_[id] = true;
}

uint64_t TakenMessages::hash_of(const Publish& publish) {
  return hash(hash(kOdd, publish.topic), publish.payload);
}

}  // namespace mqtt_source
