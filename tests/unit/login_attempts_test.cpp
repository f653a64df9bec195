// Wrong logins are counted by address, in a bounded table.
#include "http/login_attempts.hpp"

#include <string>

#include "catch.hpp"

using penstock::engine::LoginAttempts;
using namespace std::chrono_literals;

namespace {

const auto kBegin = LoginAttempts::Clock::time_point(24h);

void fail(LoginAttempts& attempts, const std::string& address, int times) {
  for (int i = 0; i < times; ++i) attempts.failed(address, kBegin);
}

}  // namespace

TEST_CASE("an address that failed too often waits for a minute, and others do not") {
  LoginAttempts attempts;
  fail(attempts, "192.0.2.1", LoginAttempts::kMostFailures - 1);
  CHECK(attempts.may_try("192.0.2.1", kBegin));
  fail(attempts, "192.0.2.1", 1);
  CHECK_FALSE(attempts.may_try("192.0.2.1", kBegin + 59s));
  CHECK(attempts.may_try("192.0.2.2", kBegin));
  CHECK(attempts.may_try("192.0.2.1", kBegin + 60s));
}

TEST_CASE("an address that the right login came from is looked at for an hour more") {
  LoginAttempts attempts;
  attempts.passed("192.0.2.1", kBegin);
  fail(attempts, "192.0.2.1", 10 * LoginAttempts::kMostFailures);
  CHECK(attempts.may_try("192.0.2.1", kBegin + 59s));
  for (int i = 0; i < LoginAttempts::kMostFailures; ++i)
    attempts.failed("192.0.2.1", kBegin + 61min);
  CHECK_FALSE(attempts.may_try("192.0.2.1", kBegin + 61min));
}

TEST_CASE("the addresses of one IPv6 network count as one, those of IPv4 one by one") {
  LoginAttempts attempts;
  fail(attempts, "2001:db8::1", LoginAttempts::kMostFailures);
  CHECK_FALSE(attempts.may_try("2001:db8::ffff:2", kBegin));
  CHECK(attempts.may_try("2001:db8:0:1::1", kBegin));
  fail(attempts, "::ffff:192.0.2.1", LoginAttempts::kMostFailures);
  CHECK(attempts.may_try("::ffff:192.0.2.2", kBegin));
}

TEST_CASE("more addresses than there is room for share a place, and known ones keep theirs") {
  LoginAttempts attempts;
  attempts.passed("192.0.2.1", kBegin);
  const auto address = [](size_t i) {
    return "10." + std::to_string(i >> 16) + "." + std::to_string(i >> 8 & 255) + "." +
           std::to_string(i & 255);
  };
  for (size_t i = 0; i < 3 * LoginAttempts::kMostAddresses; ++i)
    attempts.failed(address(i), kBegin);
  CHECK_FALSE(attempts.may_try("198.51.100.1", kBegin));
  CHECK(attempts.may_try("192.0.2.1", kBegin));
  CHECK(attempts.may_try(address(1), kBegin));  // it has failed once
  // What is over makes room.
  CHECK(attempts.may_try("198.51.100.1", kBegin + 61s));
}
