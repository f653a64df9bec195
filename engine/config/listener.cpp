#include "config/listener.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include "config/file_text.hpp"
#include "config/option_values.hpp"

namespace penstock::engine {
namespace {

// Descriptors that the rest of the engine may need: intakes, connections, libraries, logs.
constexpr int64_t kOtherFiles = 256;

Location place_of(const toml::table& root, const char* option) {
  const toml::node* value = root["http"][option].node();
  const toml::node* section = root.get("http");
  return value ? location(*value) : section ? location(*section) : Location{};
}

bool read_pem(const char* option, const std::string& path, std::string& to, std::string& error) {
  constexpr size_t kMostBytes = 1 << 20;
  FileText file = read_file_text(path, kMostBytes);
  if (!file.error.empty()) {
    error = fmt::format("{}: cannot read {}: {}", option, path, file.error);
    return false;
  }
  to = std::move(file.text);
  if (to.find("-----BEGIN ") != std::string::npos) return true;
  error = fmt::format("{}: {} holds no PEM, which begins with -----BEGIN", option, path);
  return false;
}

}  // namespace

bool read_tls_files(const HttpOptions& options, TlsFiles& files, std::string& error) {
  if (!options.uses_tls()) return true;
  return read_pem("tls_cert", options.tls_cert, files.certificate, error) &&
         read_pem("tls_key", options.tls_key, files.key, error);
}

void check_listener(const toml::table& root, const HttpOptions& options, Problems& problems) {
  const auto add = [&](const char* option, std::string words) {
    problems.add(place_of(root, option), std::move(words));
  };
  const bool has_password = !options.password.text.empty();
  if (!options.username.empty() && !has_password) {
    add("username", "username: needs a password; write password = \"${credential:http}\"");
  }
  if (options.username.empty() && has_password) {
    add("password", "password: needs a username beside it");
  }
  if (options.username.find(':') != std::string::npos) {
    add("username", "username: may have no colon (RFC 7617)");
  }
  if (options.tls_cert.empty() != options.tls_key.empty()) {
    const bool lacks_key = options.tls_key.empty();
    add(lacks_key ? "tls_cert" : "tls_key",
        lacks_key ? "tls_cert: needs tls_key, the file of its key"
                  : "tls_key: needs tls_cert, the file of the certificate");
  } else {
    TlsFiles files;
    std::string error;
    if (!read_tls_files(options, files, error)) {
      add(error.starts_with("tls_key") ? "tls_key" : "tls_cert", error);
    }
  }
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
      options.max_connections + kOtherFiles > static_cast<int64_t>(limit.rlim_cur)) {
    add("max_connections",
        fmt::format("max_connections: {} and {} for all else are more files than this process may "
                    "open, {}; raise that (LimitNOFILE= in the unit, ulimit -n), or lower it",
                    options.max_connections, kOtherFiles, limit.rlim_cur));
  }
}

void warn_of_listener(const toml::table& root, const HttpOptions& options, Problems& problems) {
  warn_of_plain_secret(root["http"]["password"].node(), "password", problems);
  const bool all = options.listen.starts_with("0.0.0.0:") || options.listen.starts_with(":") ||
                   options.listen.starts_with("[::]:");
  if (!all) return;
  if (options.username.empty()) {
    // A note, since that is what the shipped pipelines are documented to do.
    problems.add(place_of(root, "listen"),
                 "listen: open to every network of this machine, without a login: whoever reaches "
                 "it can read status and metrics; to close it, write 127.0.0.1, or set username "
                 "and password",
                 Severity::kNote);
  } else if (!options.uses_tls()) {
    problems.warn(place_of(root, "listen"),
                  "listen: the password crosses the network as it is; set tls_cert and tls_key");
  }
}

void warn_of_plain_secret(const toml::node* value, const std::string& option, Problems& problems) {
  const auto* text = value ? value->as_string() : nullptr;
  if (!text || text->get().empty() || text->get().find("${") != std::string::npos) return;
  problems.warn(location(*value),
                fmt::format("{0}: stands in this file for whoever reads it; write "
                            "\"${{credential:{0}}}\", \"${{file:/run/secrets/{0}}}\" or a "
                            "variable",
                            option));
}

}  // namespace penstock::engine
