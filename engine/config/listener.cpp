#include "config/listener.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>

#include "config/certificate.hpp"
#include "config/listen_address.hpp"
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

using Addresses = std::vector<std::string> HttpOptions::*;
constexpr std::pair<const char*, Addresses> kAddresses[] = {
    {"listen", &HttpOptions::listen}, {"probe_listen", &HttpOptions::probe_listen}};

// An address as it is written, with what it stands for where that is known.
struct WrittenAddress {
  const char* option = nullptr;
  std::string text;
  std::optional<BindAddress> bound;
};

bool overlap(const WrittenAddress& one, const WrittenAddress& other) {
  if (one.bound && other.bound) return one.bound->overlaps(*other.bound);
  return one.text == other.text && !one.text.ends_with(":0");
}

// Reports `next` where it would be in the way of one of `seen`, which it then joins.
void add_address(WrittenAddress next, std::vector<WrittenAddress>& seen, const toml::table& root,
                 Problems& problems) {
  for (const WrittenAddress& other : seen) {
    if (!overlap(next, other)) continue;
    problems.add(place_of(root, next.option),
                 fmt::format("{}: {} and {} use the same port; choose another", next.option,
                             other.text, next.text));
    break;  // the others would say the same
  }
  seen.push_back(std::move(next));
}

// Every address of the section that can be read; what is wrong with the others is reported.
void check_addresses(const toml::table& root, const HttpOptions& options, Problems& problems) {
  std::vector<WrittenAddress> seen;
  for (const auto& [option, addresses] : kAddresses) {
    for (const std::string& text : options.*addresses) {
      const auto report = [&, &option = option](const std::string& error) {
        problems.add(place_of(root, option), fmt::format("{}: {}", option, error));
      };
      const auto address = ListenAddress::parse(text);
      if (!address) {
        report(address.error());
        continue;
      }
      // Whether a name means something is for the machine to say that it is run on.
      if (address->host.find(':') != std::string::npos) {
        if (const auto bound = resolve_listen_address(text); !bound) report(bound.error());
      }
      add_address({option, text, fixed_listen_address(*address)}, seen, root, problems);
    }
  }
  if (options.listen.empty()) {
    problems.add(place_of(root, "listen"),
                 "listen: is empty; leave out [http] if nothing should listen");
  }
}

template <class Is>
bool any_of(const std::vector<std::string>& listen, const Is& is) {
  return std::any_of(listen.begin(), listen.end(), [&](const std::string& each) {
    const auto address = ListenAddress::parse(each);
    return address && is(fixed_listen_address(*address));
  });
}

bool is_open(const std::vector<std::string>& listen) {
  return any_of(listen, [](const auto& bound) { return bound && bound->is_any(); });
}

// By others than this machine; a name but localhost is taken for one that others know.
bool is_reachable(const std::vector<std::string>& listen) {
  return any_of(listen, [](const auto& bound) { return !bound || !bound->is_loopback(); });
}

void check_host_names(const toml::table& root, const HttpOptions& options, Problems& problems) {
  for (const std::string& each : options.host_names) {
    if (!each.empty() && each.find_first_of(":/ ") == std::string::npos) continue;
    problems.add(
        place_of(root, "host_names"),
        fmt::format("host_names: \"{}\" is not a host's name; write it without http:// and "
                    "port",
                    each));
  }
}

// A file of an earlier version may ask for more than there can be.
void warn_of_limits(const toml::table& root, const HttpOptions& options, Problems& problems) {
  const auto warn = [&](const char* option, int64_t wanted, int64_t used) {
    if (wanted == used) return;
    problems.warn(
        place_of(root, option),
        fmt::format("{}: {} is more than there can be; {} is used", option, wanted, used));
  };
  warn("max_headers", options.max_headers, options.header_limit());
  warn("max_connections", options.max_connections, options.connection_limit());
}

}  // namespace

void check_listener(const toml::table& root, const HttpOptions& options, Problems& problems) {
  const auto add = [&](const char* option, std::string words) {
    problems.add(place_of(root, option), std::move(words));
  };
  check_addresses(root, options, problems);
  check_host_names(root, options, problems);
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
  } else if (options.uses_tls()) {
    const auto certificate = Certificate::read(options.tls_cert, options.tls_key);
    if (!certificate) {
      const std::string& why = certificate.error();
      add(why.starts_with("tls_key") ? "tls_key" : "tls_cert", why);
    }
  }
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
      options.connection_limit() + kOtherFiles > static_cast<int64_t>(limit.rlim_cur)) {
    add("max_connections",
        fmt::format("max_connections: {} and {} for all else are more files than this process may "
                    "open, {}; raise that (LimitNOFILE= in the unit, ulimit -n), or lower it",
                    options.connection_limit(), kOtherFiles, limit.rlim_cur));
  }
}

void try_listener(const toml::table& root, const HttpOptions& options, Problems& problems) {
  std::vector<WrittenAddress> seen;
  for (const auto& [option, addresses] : kAddresses) {
    for (const std::string& each : options.*addresses) {
      bool held_by_engine = false;
      const std::string error = why_not_bindable(each, held_by_engine);
      if (error.empty()) {
        const auto bound = resolve_listen_address(each);  // names are looked up here, too
        add_address({option, each, bound ? std::optional(*bound) : std::nullopt}, seen, root,
                    problems);
        continue;
      }
      // A file is also checked beside the engine that runs it.
      problems.add(place_of(root, option), fmt::format("{}: {}", option, error),
                   held_by_engine ? Severity::kWarning : Severity::kError);
    }
  }
}

void warn_of_listener(const toml::table& root, const HttpOptions& options, Problems& problems) {
  warn_of_plain_secret(root["http"]["password"].node(), "password", problems);
  warn_of_limits(root, options, problems);
  for (const auto& [option, addresses] : kAddresses) {
    if (is_open(options.*addresses) && options.username.empty()) {
      // A note, since that is what the shipped pipelines are documented to do.
      problems.add(
          place_of(root, option),
          fmt::format("{}: open to every network of this machine, without a login: whoever "
                      "reaches it can read status and metrics; to close it, write "
                      "127.0.0.1, or set username and password",
                      option),
          Severity::kNote);
    } else if (is_reachable(options.*addresses) && !options.username.empty() &&
               !options.uses_tls()) {
      problems.warn(
          place_of(root, option),
          fmt::format("{}: the password is sent over the network unencrypted; set tls_cert "
                      "and tls_key",
                      option));
    }
  }
}

void warn_of_plain_secret(const toml::node* value, const std::string& option, Problems& problems) {
  const auto* text = value ? value->as_string() : nullptr;
  if (!text || text->get().empty() || text->get().find("${") != std::string::npos) return;
  problems.warn(location(*value),
                fmt::format("{0}: is a plain-text secret; write "
                            "\"${{credential:{0}}}\", \"${{file:/run/secrets/{0}}}\" or a "
                            "variable",
                            option));
}

}  // namespace penstock::engine
