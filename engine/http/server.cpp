#include "http/server.hpp"

#include <algorithm>

#include "telemetry/logging.hpp"

namespace penstock::engine {
namespace {

// Probes come a few at a time, and their answers are short.
constexpr size_t kProbeThreads = 8;

// Empty without TLS. False: `error` says what is wrong.
bool read_certificate(const HttpOptions& options, std::shared_ptr<const Certificate>& certificate,
                      std::string& error) {
  if (!options.uses_tls()) return true;
  certificate = Certificate::read(options.tls_cert, options.tls_key, error);
  return certificate != nullptr;
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
    std::string ignored;
    if (const auto address = ListenAddress::parse(each, ignored)) ports.push_back(address->port);
  }
  return ports;
}

// Two listeners cannot have one port at the same time, whatever the addresses.
bool shares_a_port(const HttpOptions& one, const HttpOptions& other) {
  const std::vector<int> ports = ports_of(one), others = ports_of(other);
  return std::any_of(ports.begin(), ports.end(), [&](int port) {
    return port != 0 && std::find(others.begin(), others.end(), port) != others.end();
  });
}

// Of those that the server before does not hold.
bool can_take_addresses(const HttpOptions& before, const HttpOptions& next, std::string& error) {
  const std::vector<int> held = ports_of(before);
  for (const std::string& each : addresses_of(next)) {
    // On a port that this server has, the host alone can be tried.
    const auto address = ListenAddress::parse(each, error);
    if (!address) return false;
    const bool is_held = std::find(held.begin(), held.end(), address->port) != held.end();
    const std::string tried = is_held ? each.substr(0, each.rfind(':')) + ":0" : each;
    bool by_engine = false;
    if (!(error = why_not_bindable(tried, by_engine)).empty()) return false;
  }
  return true;
}

}  // namespace

std::unique_ptr<HttpServer> HttpServer::start(const HttpOptions& options, Pipeline& pipeline,
                                              std::string& error) {
  std::shared_ptr<const Certificate> certificate;
  if (!read_certificate(options, certificate, error)) {
    error = "http: " + options.masks.redacted(error);
    return nullptr;
  }
  return start(options, std::move(certificate), pipeline, error);
}

std::unique_ptr<HttpServer> HttpServer::start(const HttpOptions& options,
                                              std::shared_ptr<const Certificate> certificate,
                                              Pipeline& pipeline, std::string& error) {
  std::unique_ptr<HttpServer> server(new HttpServer(options, pipeline));
  server->certificate_ = std::move(certificate);
  if (!server->listen_to_all(error)) server.reset();
  if (!error.empty()) error = "http: " + options.masks.redacted(error);
  return server;
}

// False: it does not listen. An error all the same: its probes' listener does not.
bool HttpServer::listen_to_all(std::string& error) {
  if (certificate_) {
    tls_ = TlsContext::create(certificate_, error);
    if (!tls_) return false;
  }
  main_ = listen(options_.listen, static_cast<size_t>(options_.connection_limit()),
                 Endpoints::Place::kMain, error);
  if (!main_) return false;
  if (main_->is_loopback()) endpoints_.allow_taps_without_login();
  for (const std::string& url : main_->urls()) {
    log().info("status at {}/status", options_.masks.redacted(url));
  }
  if (options_.probe_listen.empty()) return true;
  probes_ = listen(options_.probe_listen, kProbeThreads, Endpoints::Place::kProbes, error);
  if (!probes_) {
    error = "probe_listen: " + error;
    return true;
  }
  for (const std::string& url : probes_->urls()) {
    log().info("probes at {}/health", options_.masks.redacted(url));
  }
  return true;
}

std::unique_ptr<Listener> HttpServer::listen(const std::vector<std::string>& addresses,
                                             size_t threads, Endpoints::Place place,
                                             std::string& error) {
  const Listener::Options options{addresses,
                                  threads,
                                  static_cast<size_t>(options_.max_header_bytes.count),
                                  options_.request_timeout,
                                  tls_.get(),
                                  options_.masks};
  return Listener::start(
      options, endpoints_.counts(),
      [this, place](const Request& request) { endpoints_.answer(request, place); }, error);
}

HttpServer::~HttpServer() { endpoints_.stop_streams(); }

void HttpServer::use(const HttpOptions& options, std::shared_ptr<const Certificate> certificate) {
  options_ = options;
  endpoints_.use(options);
  if (!tls_ || !certificate) return;
  certificate_ = std::move(certificate);
  tls_->use(certificate_);
}

std::optional<HttpChange> HttpChange::prepare(const HttpServer* server,
                                              const std::optional<HttpOptions>& next,
                                              Pipeline& pipeline, std::string& error) {
  HttpChange change;
  change.next_ = next;
  if (!next) return change;
  if (!read_certificate(*next, change.certificate_, error)) {
    error = next->masks.redacted(error);
    return std::nullopt;
  }
  change.keeps_listening_ = server && has_same_listeners(server->options(), *next);
  if (change.keeps_listening_) return change;
  if (server && shares_a_port(server->options(), *next)) {
    if (can_take_addresses(server->options(), *next, error)) return change;
    error = next->masks.redacted(error);
    return std::nullopt;
  }
  change.started_ = HttpServer::start(*next, change.certificate_, pipeline, error);
  if (!error.empty()) return std::nullopt;
  return change;
}

bool HttpChange::commit(std::unique_ptr<HttpServer>& server, Pipeline& pipeline,
                        std::string& error) {
  if (!next_) {
    server.reset();
  } else if (keeps_listening_) {
    server->use(*next_, std::move(certificate_));
  } else if (started_) {
    server = std::move(started_);
  } else {
    return start_anew(server, pipeline, error);
  }
  return true;
}

// CivetWeb opens its sockets itself, so the port is closed for a moment.
bool HttpChange::start_anew(std::unique_ptr<HttpServer>& server, Pipeline& pipeline,
                            std::string& error) {
  const HttpOptions before = server->options();
  const std::shared_ptr<const Certificate> certificate = server->certificate_;
  server.reset();
  server = HttpServer::start(*next_, std::move(certificate_), pipeline, error);
  if (error.empty()) return true;
  server.reset();
  std::string fault;
  server = HttpServer::start(before, certificate, pipeline, fault);
  error += server ? "; [http] stays as it was" : "; nothing listens now, since " + fault;
  return false;
}

}  // namespace penstock::engine
