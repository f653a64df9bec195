#include "password_guard.hpp"

#include <pwd.h>
#include <unistd.h>
#include <penstock/this_machine.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <string_view>

namespace timescale_sink {
namespace {

// Asks the installed libpq, which may be newer than the one at build time.
bool libpq_knows(std::string_view keyword) {
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(PQconndefaults(),
                                                                             PQconninfoFree);
  for (const PQconninfoOption* each = options.get(); each && each->keyword; ++each) {
    if (keyword == each->keyword) return true;
  }
  return false;
}

bool has_password_file(const std::string& home) {
  return access((home + "/.pgpass").c_str(), R_OK) == 0;
}

}  // namespace

bool is_elsewhere(const std::string& hosts) {
  for (size_t at = 0; at <= hosts.size();) {
    const size_t end = std::min(hosts.find(',', at), hosts.size());
    const std::string host = hosts.substr(at, end - at);
    const bool is_socket = host.empty() || host[0] == '/' || host[0] == '@';
    if (!is_socket && !penstock::is_this_machine(host)) return true;
    at = end + 1;
  }
  return false;
}

bool libpq_has_password() {
  for (const char* variable : {"PGPASSWORD", "PGPASSFILE", "PGSERVICE"}) {
    if (const char* value = std::getenv(variable); value && *value) return true;
  }
  // Which of the two folders libpq takes depends on its version (fe-connect.c, pqGetHomeDirectory).
  const char* home = std::getenv("HOME");
  if (home && has_password_file(home)) return true;
  passwd user = {}, *found = nullptr;
  std::array<char, 4096> names;
  getpwuid_r(geteuid(), &user, names.data(), names.size(), &found);
  return found && has_password_file(found->pw_dir);
}

ConnectionParameters password_guard() {
  if (libpq_knows("require_auth")) return {{"sslmode", "prefer"}, {"require_auth", "!password"}};
  return {{"sslmode", "require"}, {"channel_binding", "require"}};
}

std::string advice_for_guarded(const std::string& failure) {
  constexpr std::array<const char*, 4> kSigns{"does not support SSL", "channel binding",
                                              "authentication method requirement", "require_auth"};
  const bool is_of_guard = std::any_of(kSigns.begin(), kSigns.end(), [&](const char* sign) {
    return failure.find(sign) != std::string::npos;
  });
  if (!is_of_guard) return "";
  return "ssl_mode = \"auto\" sends no password to such a server on another machine; enable TLS "
         "there and write ssl_mode = \"verify-full\", or write ssl_mode = \"prefer\" if you trust "
         "the network";
}

}  // namespace timescale_sink
