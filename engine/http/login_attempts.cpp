#include "http/login_attempts.hpp"

#include <arpa/inet.h>

namespace penstock::engine {
namespace {

using namespace std::chrono_literals;

constexpr auto kKnownFor = 1h;

// Of IPv6 the network, since a machine has all addresses of one (RFC 4291 §2.5.1).
std::string key_of(std::string_view address) {
  constexpr size_t kNetworkBytes = 8;
  std::string text(address);
  in6_addr parsed = {};
  if (inet_pton(AF_INET6, text.c_str(), &parsed) != 1 || IN6_IS_ADDR_V4MAPPED(&parsed)) return text;
  return {reinterpret_cast<const char*>(parsed.s6_addr), kNetworkBytes};
}

}  // namespace

LoginAttempts::Place& LoginAttempts::place_of(std::string_view address, Clock::time_point now) {
  std::string key = key_of(address);
  if (const auto found = places_.find(key); found != places_.end()) return found->second;
  if (places_.size() >= kMostAddresses && now - looked_through_ >= 1s) {
    looked_through_ = now;
    std::erase_if(places_, [&](const auto& each) {
      return now - each.second.since >= kWindow && each.second.known_until <= now;
    });
  }
  return places_[places_.size() < kMostAddresses ? std::move(key) : std::string()];
}

bool LoginAttempts::may_try(std::string_view address, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  Place& place = place_of(address, now);
  if (now - place.since >= kWindow) place.failures = 0;
  return place.failures < kMostFailures || now < place.known_until;
}

void LoginAttempts::failed(std::string_view address, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  Place& place = place_of(address, now);
  if (place.failures == 0 || now - place.since >= kWindow) place = {now, 0, place.known_until};
  ++place.failures;
}

void LoginAttempts::passed(std::string_view address, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  place_of(address, now).known_until = now + kKnownFor;
}

}  // namespace penstock::engine
