#include "server_parameters.hpp"

#include <chrono>

#include "password_guard.hpp"
#include "servers.hpp"

namespace timescale_sink {

bool sends_password(const SinkOptions& options) {
  const bool has_password = !options.password.text.empty() || libpq_has_password();
  return has_password && is_elsewhere(servers_of(options.host, options.port).hosts);
}

ConnectionParameters server_parameters(const SinkOptions& options, const std::string& name) {
  constexpr const char* kSslModes[] = {"prefer",  "disable",   "allow",      "prefer",
                                       "require", "verify-ca", "verify-full"};
  constexpr const char* kSessionAttrs[] = {"any", "any", "read-write", "primary"};
  const auto timeout_s = std::chrono::ceil<std::chrono::seconds>(options.connect_timeout).count();
  const Servers servers = servers_of(options.host, options.port);
  const auto attributes = options.target_session_attrs == SessionAttrs::kAuto && servers.several
                              ? SessionAttrs::kReadWrite
                              : options.target_session_attrs;
  ConnectionParameters all{{"host", servers.hosts},
                           {"port", servers.ports},
                           {"target_session_attrs", kSessionAttrs[static_cast<int>(attributes)]},
                           {"dbname", options.database},
                           {"user", options.user},
                           {"password", options.password.text},
                           {"sslrootcert", options.ssl_root_cert},
                           {"sslcert", options.ssl_cert},
                           {"sslkey", options.ssl_key},
                           {"connect_timeout", std::to_string(timeout_s)},
                           {"application_name", name},
                           {"client_encoding", "UTF8"},
                           // A server that vanished is noticed within half a minute.
                           {"keepalives_idle", "10"},
                           {"keepalives_interval", "5"},
                           {"keepalives_count", "4"},
                           {"tcp_user_timeout", "30000"}};
  const bool is_guarded = options.ssl_mode == SslMode::kAuto && sends_password(options);
  const ConnectionParameters transport =
      is_guarded ? password_guard()
                 : ConnectionParameters{{"sslmode", kSslModes[static_cast<int>(options.ssl_mode)]}};
  all.insert(all.end(), transport.begin(), transport.end());
  return all;
}

}  // namespace timescale_sink
