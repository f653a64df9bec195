// Which hosts of libpq's a password leaves this machine for.
#include "password_guard.hpp"

#include <string>

#include "catch.hpp"

using timescale_sink::is_elsewhere;

TEST_CASE("loopback addresses, localhost and sockets are this machine") {
  for (const std::string host :
       {"localhost", "LocalHost.", "127.0.0.1", "127.9.8.7", "::1", "::ffff:127.0.0.1",
        "/run/postgresql", "@socket", "", "localhost,127.0.0.1,/tmp"}) {
    CHECK_FALSE(is_elsewhere(host));
  }
}

TEST_CASE("anything else may be another machine, also as one of several") {
  for (const std::string host : {"db", "localhost.example", "127.0.0.1.example", "128.0.0.1",
                                 "0.0.0.0", "::2", "fe80::1", "localhost,db", "db,", "127.1"}) {
    CHECK(is_elsewhere(host));
  }
}

TEST_CASE("a guarded connection gives no clear password away, whichever libpq there is") {
  bool guarded = false;
  for (const auto& [keyword, value] : timescale_sink::password_guard()) {
    guarded = guarded || (keyword == "require_auth" && value == "!password") ||
              (keyword == "channel_binding" && value == "require");
  }
  CHECK(guarded);
  CHECK(timescale_sink::advice_for_guarded("server does not support SSL, but SSL was required")
            .find("verify-full") != std::string::npos);
  CHECK(timescale_sink::advice_for_guarded("Connection refused").empty());
}
