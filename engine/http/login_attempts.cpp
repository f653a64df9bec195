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

LoginAttempts::Caller& LoginAttempts::caller_of(std::string_view address, Clock::time_point now) {
  std::string key = key_of(address);
  if (const auto found = callers_.find(key); found != callers_.end()) return found->second;
  if (callers_.size() >= kMostAddresses && now - looked_through_ >= 1s) {
    looked_through_ = now;
    std::erase_if(callers_, [&](const auto& each) {
      return now - each.second.since >= kWindow && each.second.known_until <= now;
    });
  }
  return callers_[callers_.size() < kMostAddresses ? std::move(key) : std::string()];
}

bool LoginAttempts::may_try(std::string_view address, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  Caller& caller = caller_of(address, now);
  if (now - caller.since >= kWindow) caller.failures = 0;
  return caller.failures < kMostFailures || now < caller.known_until;
}

void LoginAttempts::failed(std::string_view address, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  Caller& caller = caller_of(address, now);
  if (caller.failures == 0 || now - caller.since >= kWindow) caller = {now, 0, caller.known_until};
  ++caller.failures;
}

void LoginAttempts::passed(std::string_view address, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  caller_of(address, now).known_until = now + kKnownFor;
}

}  // namespace penstock::engine
