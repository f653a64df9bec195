#include "http/server.hpp"

#include <algorithm>

#include "telemetry/logging.hpp"

namespace penstock::engine {
namespace {

// Probes come a few at a time, and their answers are short.
constexpr size_t kProbeThreads = 8;

// nullptr without TLS.
Result<std::shared_ptr<const Certificate>> read_certificate(const HttpOptions& options) {
  if (!options.uses_tls()) return nullptr;
  return Certificate::read(options.tls_cert, options.tls_key);
}

bool has_same_listeners(const HttpOptions& one, const HttpOptions& other) {
  return one.listen == other.listen && one.probe_listen == other.probe_listen &&
         one.uses_tls() == other.uses_tls() && one.max_connections == other.max_connections &&
         one.max_header_bytes == other.max_header_bytes &&
         one.request_timeout == other.request_timeout;
}

std::vector<std::string> addresses_of(const HttpOptions& options) {
  std::vector<std::string> all = options.listen;
  all.insert(all.end(), options.probe_listen.begin(), options.probe_listen.end());
  return all;
}

std::vector<int> ports_of(const HttpOptions& options) {
  std::vector<int> ports;
  for (const std::string& each : addresses_of(options)) {
    if (const auto address = ListenAddress::parse(each)) ports.push_back(address->port);
  }
  return ports;
}

// What is wrong with [http], as it may be shown.
std::string explain(const HttpOptions& options, const std::string& fault) {
  return "http: " + options.masks.redacted(fault);
}

// Two listeners cannot have one port at the same time, whatever the addresses.
bool shares_a_port(const HttpOptions& one, const HttpOptions& other) {
  const std::vector<int> ports = ports_of(one), others = ports_of(other);
  return std::any_of(ports.begin(), ports.end(), [&](int port) {
    return port != 0 && std::find(others.begin(), others.end(), port) != others.end();
  });
}

// Of those that the server before does not hold.
Result<void> try_addresses(const HttpOptions& before, const HttpOptions& next) {
  const std::vector<int> held = ports_of(before);
  for (const std::string& each : addresses_of(next)) {
    // On a port that this server has, the host alone can be tried.
    const auto address = ListenAddress::parse(each);
    if (!address) return fail(address.error());
    const bool is_held = std::find(held.begin(), held.end(), address->port) != held.end();
    const std::string tried = is_held ? each.substr(0, each.rfind(':')) + ":0" : each;
    bool by_engine = false;
    if (std::string why = why_not_bindable(tried, by_engine); !why.empty()) {
      return fail(std::move(why));
    }
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::start(const HttpOptions& options,
                                                      Pipeline& pipeline) {
  auto certificate = read_certificate(options);
  if (!certificate) return fail(explain(options, certificate.error()));
  return start(options, std::move(*certificate), pipeline);
}

Result<std::unique_ptr<HttpServer>> HttpServer::start(
    const HttpOptions& options, std::shared_ptr<const Certificate> certificate,
    Pipeline& pipeline) {
  std::unique_ptr<HttpServer> server(new HttpServer(options, pipeline));
  server->certificate_ = std::move(certificate);
  if (const auto listens = server->listen_to_all(); !listens) {
    return fail(explain(options, listens.error()));
  }
  return server;
}

// The probes' listener may be missing afterwards: see probe_fault.
Result<void> HttpServer::listen_to_all() {
  if (certificate_) {
    auto tls = TlsContext::create(certificate_);
    if (!tls) return fail(std::move(tls.error()));
    tls_ = std::move(*tls);
  }
  auto main = listen(options_.listen, static_cast<size_t>(options_.connection_limit()),
                     Endpoints::ListenerKind::kMain);
  if (!main) return fail(std::move(main.error()));
  main_ = std::move(*main);
  if (main_->is_loopback()) endpoints_.allow_taps_without_login();
  for (const std::string& url : main_->urls()) {
    log().info("status at {}/status", options_.masks.redacted(url));
  }
  if (options_.probe_listen.empty()) return {};
  auto probes = listen(options_.probe_listen, kProbeThreads, Endpoints::ListenerKind::kProbes);
  if (!probes) {
    probe_fault_ = explain(options_, "probe_listen: " + probes.error());
    return {};
  }
  probes_ = std::move(*probes);
  for (const std::string& url : probes_->urls()) {
    log().info("probes at {}/health", options_.masks.redacted(url));
  }
  return {};
}

Result<std::unique_ptr<Listener>> HttpServer::listen(const std::vector<std::string>& addresses,
                                                     size_t threads, Endpoints::ListenerKind kind) {
  const Listener::Options options{addresses,
                                  threads,
                                  static_cast<size_t>(options_.max_header_bytes.count),
                                  options_.request_timeout,
                                  tls_.get(),
                                  options_.masks};
  return Listener::start(options, endpoints_.counts(), [this, kind](const Request& request) {
    endpoints_.answer(request, kind);
  });
}

HttpServer::~HttpServer() { endpoints_.stop_streams(); }

void HttpServer::use(const HttpOptions& options, std::shared_ptr<const Certificate> certificate) {
  options_ = options;
  endpoints_.use(options);
  if (!tls_ || !certificate) return;
  certificate_ = std::move(certificate);
  tls_->use(certificate_);
}

Result<HttpChange> HttpChange::prepare(const HttpServer* server,
                                       const std::optional<HttpOptions>& next, Pipeline& pipeline) {
  HttpChange change;
  change.next_ = next;
  if (!next) return change;
  auto certificate = read_certificate(*next);
  if (!certificate) return fail(next->masks.redacted(certificate.error()));
  change.certificate_ = std::move(*certificate);
  change.keeps_listening_ = server && has_same_listeners(server->options(), *next);
  if (change.keeps_listening_) return change;
  if (server && shares_a_port(server->options(), *next)) {
    const auto tried = try_addresses(server->options(), *next);
    if (!tried) return fail(next->masks.redacted(tried.error()));
    return change;
  }
  auto started = start_whole(*next, change.certificate_, pipeline);
  if (!started) return fail(std::move(started.error()));
  change.started_ = std::move(*started);
  return change;
}

// With its probes' listener, too: what a reload asks for is there, or is refused.
Result<std::unique_ptr<HttpServer>> HttpChange::start_whole(
    const HttpOptions& options, std::shared_ptr<const Certificate> certificate,
    Pipeline& pipeline) {
  auto server = HttpServer::start(options, std::move(certificate), pipeline);
  if (server && !(*server)->probe_fault().empty()) return fail((*server)->probe_fault());
  return server;
}

Result<void> HttpChange::commit(std::unique_ptr<HttpServer>& server, Pipeline& pipeline) {
  if (!next_) {
    server.reset();
  } else if (keeps_listening_) {
    server->use(*next_, std::move(certificate_));
  } else if (started_) {
    server = std::move(started_);
  } else {
    return start_anew(server, pipeline);
  }
  return {};
}

// CivetWeb opens its sockets itself, so the port is closed for a moment.
Result<void> HttpChange::start_anew(std::unique_ptr<HttpServer>& server, Pipeline& pipeline) {
  const HttpOptions before = server->options();
  const std::shared_ptr<const Certificate> certificate = server->certificate_;
  server.reset();
  auto next = start_whole(*next_, std::move(certificate_), pipeline);
  if (next) {
    server = std::move(*next);
    return {};
  }
  auto again = HttpServer::start(before, certificate, pipeline);
  if (!again) return fail(next.error() + "; nothing listens now, since " + again.error());
  server = std::move(*again);
  return fail(next.error() + "; [http] stays as it was");
}

}  // namespace penstock::engine
