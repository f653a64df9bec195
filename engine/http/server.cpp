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

std::vector<int> ports_of(const HttpOptions& options) {
  std::vector<int> ports;
  for (const auto* list : {&options.listen, &options.probe_listen}) {
    for (const std::string& each : *list) {
      std::string ignored;
      if (const auto address = ListenAddress::parse(each, ignored)) ports.push_back(address->port);
    }
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

}  // namespace

std::unique_ptr<HttpServer> HttpServer::start(const HttpOptions& options, Pipeline& pipeline,
                                              std::string& error) {
  std::unique_ptr<HttpServer> server(new HttpServer(options, pipeline));
  std::shared_ptr<const Certificate> certificate;
  bool ready = read_certificate(options, certificate, error);
  if (ready && certificate) {
    server->tls_ = TlsContext::create(std::move(certificate), error);
    ready = server->tls_ != nullptr;
  }
  if (ready) {
    server->main_ = server->listen(options.listen, static_cast<size_t>(options.max_connections),
                                   Endpoints::Place::kMain, error);
    ready = server->main_ != nullptr;
  }
  if (ready && !options.probe_listen.empty()) {
    server->probes_ =
        server->listen(options.probe_listen, kProbeThreads, Endpoints::Place::kProbes, error);
    ready = server->probes_ != nullptr;
  }
  if (!ready) {
    error = "http: " + error;
    return nullptr;
  }
  if (server->main_->is_loopback()) server->endpoints_.allow_taps_without_login();
  for (const std::string& url : server->main_->urls()) log().info("status at {}/status", url);
  if (server->probes_) {
    for (const std::string& url : server->probes_->urls()) log().info("probes at {}/health", url);
  }
  return server;
}

std::unique_ptr<Listener> HttpServer::listen(const std::vector<std::string>& addresses,
                                             size_t threads, Endpoints::Place place,
                                             std::string& error) {
  const Listener::Options options{addresses, threads,
                                  static_cast<size_t>(options_.max_header_bytes.count),
                                  options_.request_timeout, tls_.get()};
  return Listener::start(
      options, endpoints_.counts(),
      [this, place](const Request& request) { endpoints_.answer(request, place); }, error);
}

HttpServer::~HttpServer() { endpoints_.stop_streams(); }

void HttpServer::use(const HttpOptions& options, std::shared_ptr<const Certificate> certificate) {
  options_ = options;
  endpoints_.use(options);
  if (tls_ && certificate) tls_->use(std::move(certificate));
}

std::optional<HttpChange> HttpChange::prepare(const HttpServer* server,
                                              const std::optional<HttpOptions>& next,
                                              Pipeline& pipeline, std::string& error) {
  HttpChange change;
  change.next_ = next;
  if (!next) return change;
  if (!read_certificate(*next, change.certificate_, error)) return std::nullopt;
  change.keeps_listening_ = server && has_same_listeners(server->options(), *next);
  if (change.keeps_listening_ || (server && shares_a_port(server->options(), *next))) return change;
  change.started_ = HttpServer::start(*next, pipeline, error);
  if (!change.started_) return std::nullopt;
  return change;
}

bool HttpChange::commit(std::unique_ptr<HttpServer>& server, Pipeline& pipeline,
                        std::string& error) {
  if (!next_) {
    server.reset();
    return true;
  }
  if (keeps_listening_) {
    server->use(*next_, std::move(certificate_));
    return true;
  }
  if (started_) {
    server = std::move(started_);
    return true;
  }
  // CivetWeb opens its sockets itself, so the port is closed for a moment.
  const HttpOptions before = server->options();
  server.reset();
  server = HttpServer::start(*next_, pipeline, error);
  if (server) return true;
  std::string ignored;
  server = HttpServer::start(before, pipeline, ignored);
  return false;
}

}  // namespace penstock::engine
