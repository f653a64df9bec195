// The option `host`: one server, or several to try in turn, each with its own port if needed:
// "db1,db2:5433,[::1]:5432".
#pragma once

#include <string>

namespace timescale_sink {

// As libpq takes them: lists of equal length ("Connection Strings", "Specifying Multiple Hosts").
struct Servers {
  std::string hosts, ports;
  bool several = false;
};

// `port`: for servers without their own.
Servers servers_of(const std::string& host, int64_t port);

// What is wrong with it, or "".
std::string fault_of_host(const std::string& host);

// Whether it is a connection string of libpq's, "host=x password=y" or "postgres://…". These are
// refused, and may contain a password.
bool is_connection_string(const std::string& text);

}  // namespace timescale_sink
