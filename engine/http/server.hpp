// The HTTP server of a running pipeline: it listens as [http] says, and changes nothing whatever it
// is asked.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/engine_options.hpp"
#include "config/result.hpp"
#include "http/endpoints.hpp"
#include "http/listener.hpp"
#include "http/tls.hpp"
#include "pipeline/pipeline.hpp"

namespace penstock::engine {

class HttpServer {
  friend class HttpChange;

 public:
  // The pipeline must outlive it.
  static Result<std::unique_ptr<HttpServer>> start(const HttpOptions& options, Pipeline& pipeline);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  const HttpOptions& options() const { return options_; }
  // Why it runs without its probe_listen, since the data must not wait for that; empty: it doesn't.
  const std::string& probe_fault() const { return probe_fault_; }

  // Takes what needs no other sockets and threads: login, limits of a head, certificate (nullptr
  // without TLS). Requests that are being answered are not disturbed.
  void use(const HttpOptions& options, std::shared_ptr<const Certificate> certificate);

 private:
  HttpServer(const HttpOptions& options, Pipeline& pipeline)
      : options_(options), endpoints_(options, pipeline) {}
  static Result<std::unique_ptr<HttpServer>> start(const HttpOptions& options,
                                                   std::shared_ptr<const Certificate> certificate,
                                                   Pipeline& pipeline);
  Result<void> listen_to_all();
  Result<std::unique_ptr<Listener>> listen(const std::vector<std::string>& addresses,
                                           size_t threads, Endpoints::ListenerKind kind);

  HttpOptions options_;
  std::shared_ptr<const Certificate> certificate_;
  std::unique_ptr<TlsContext> tls_;
  Endpoints endpoints_;
  std::unique_ptr<Listener> main_, probes_;
  std::string probe_fault_;
};

// What a reload changes of it: made ready before anything is changed, put in force afterwards.
class HttpChange {
 public:
  // `next`: nothing, if the changed file has no [http].
  static Result<HttpChange> prepare(const HttpServer* server,
                                    const std::optional<HttpOptions>& next, Pipeline& pipeline);
  // When it fails, `server` is the one before, restarted, or nothing if that failed, too.
  Result<void> commit(std::unique_ptr<HttpServer>& server, Pipeline& pipeline);

 private:
  static Result<std::unique_ptr<HttpServer>> start_whole(
      const HttpOptions& options, std::shared_ptr<const Certificate> certificate,
      Pipeline& pipeline);
  Result<void> start_anew(std::unique_ptr<HttpServer>& server, Pipeline& pipeline);

  std::optional<HttpOptions> next_;
  std::shared_ptr<const Certificate> certificate_;
  bool keeps_listening_ = false;
  std::unique_ptr<HttpServer> started_;  // on other addresses than the one before
};

}  // namespace penstock::engine
