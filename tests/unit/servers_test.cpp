#include "servers.hpp"

#include "catch.hpp"

using timescale_sink::fault_of_host;
using timescale_sink::servers_of;

TEST_CASE("servers: a list becomes libpq's, each with its port") {
  struct Case {
    const char *host, *hosts, *ports;
  };
  const Case all[] = {
      {"db", "db", "5432"},
      {"/run/postgresql", "/run/postgresql", "5432"},
      {"::1", "::1", "5432"},
      {"a,b", "a,b", "5432,5432"},
      {"a:1,b:65535", "a,b", "1,65535"},
      {"[::1]:5433,fe80::1", "::1,fe80::1", "5433,5432"},
      {"/run/a,@abstract,10.0.0.1:5433", "/run/a,@abstract,10.0.0.1", "5432,5432,5433"},
  };
  for (const Case& each : all) {
    CAPTURE(each.host);
    CHECK(fault_of_host(each.host).empty());
    CHECK(servers_of(each.host, 5432).hosts == each.hosts);
    CHECK(servers_of(each.host, 5432).ports == each.ports);
  }
}

TEST_CASE("servers: what is none is told") {
  for (const char* host :
       {"db:5432", "a:0,b", "a:65536,b", "a:x,b", "a:,b", "a,,b", "a,", "a b", "a, b", "[::1",
        "[::1],b", "postgres://a/b", "u:p@a", "a,u:p@b", "x=1://"}) {
    CAPTURE(host);
    CHECK_FALSE(fault_of_host(host).empty());
  }
}
