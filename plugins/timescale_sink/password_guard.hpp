// ssl_mode = "auto": keeps a password from whoever answers in the place of a server elsewhere.
#pragma once

#include <string>

#include "connection.hpp"

namespace timescale_sink {

// Whether a connection to these hosts, as libpq takes them, may go to another machine.
bool is_elsewhere(const std::string& hosts);

// Whether libpq may find a password by itself: in PGPASSWORD, a password file or a service
// (PostgreSQL "Environment Variables", "The Password File").
bool libpq_has_password();

// What of libpq's parameters lets no server have the password as it is, without knowing its
// certificate. From libpq 16 on, TLS may be missing and requests for a clear password are refused;
// before, there has to be TLS, and SCRAM bound to it.
ConnectionParameters password_guard();

// What to do about a failure that comes of it; "" if it doesn't.
std::string advice_for_guarded(const std::string& failure);

}  // namespace timescale_sink
