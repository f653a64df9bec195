// ssl_mode = "auto": keeps the password from an impostor of a remote server.
#pragma once

#include <string>

#include "connection.hpp"

namespace timescale_sink {

// Whether one of these hosts, listed as libpq takes them, may be another machine.
bool is_elsewhere(const std::string& hosts);

// Whether libpq may find a password itself: in PGPASSWORD, a password file or a service (PostgreSQL
// "Environment Variables", "The Password File").
bool libpq_has_password();

// Parameters by which libpq sends no server the password in clear text, without verifying its
// certificate. libpq 16 and later refuse requests for it, with or without TLS; earlier versions
// need TLS and SCRAM with channel binding.
ConnectionParameters password_guard();

// What to do about a failure that the guard caused; "" if it did not.
std::string advice_for_guarded(const std::string& failure);

}  // namespace timescale_sink
