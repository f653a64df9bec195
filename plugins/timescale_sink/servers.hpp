// The option `host`: one server, or several of which the first that will do is taken, each with a
// port of its own if it needs one: "db1,db2:5433,[::1]:5432".
#pragma once

#include <string>

namespace timescale_sink {

// As libpq has them: lists of the same length ("Connection Strings", "Specifying Multiple Hosts").
struct Servers {
  std::string hosts, ports;
  bool several = false;
};

// `port`: of those without one.
Servers servers_of(const std::string& host, int64_t port);

// What keeps a text from being that; "" if nothing.
std::string fault_of_host(const std::string& host);

// Whether libpq's other way of naming a server is meant: "host=x password=y", "postgres://…". It is
// not taken, and has a password in it.
bool is_connection_string(const std::string& text);

}  // namespace timescale_sink
