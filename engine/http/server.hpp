// The HTTP listener.
#pragma once

#include <memory>
#include <string>

#include "config/engine_options.hpp"
#include "graph/pipeline.hpp"
#include "http/connections.hpp"
#include "http/listen_socket.hpp"
#include "http/response.hpp"

namespace penstock::engine {

// Serves the pipeline's state; reads only, and changes nothing whatever it is asked. One thread of
// its own waits for all connections, so that one that is slow or says nothing holds up nobody.
// The pipeline must outlive it.
class HttpServer {
 public:
  // Nothing: `error` says why not.
  static std::unique_ptr<HttpServer> start(const HttpOptions& options,
                                           std::shared_ptr<ListenSocket> socket, Pipeline& pipeline,
                                           std::string& error);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  const std::shared_ptr<ListenSocket>& socket() const { return socket_; }
  // "http://127.0.0.1:8080"
  std::string url() const;

  struct Served;  // what the requests share

 private:
  HttpServer();

  std::shared_ptr<ListenSocket> socket_;
  std::unique_ptr<Served> served_;
  struct MHD_Daemon* daemon_ = nullptr;
};

// What the endpoints answer. Call them while looking at the pipeline (Pipeline::look).
HttpReply health_reply(const Pipeline& pipeline);
HttpReply live_reply(const Pipeline& pipeline);
HttpReply ready_reply(const Pipeline& pipeline);
HttpReply status_reply(const Pipeline& pipeline);
HttpReply metrics_reply(const Pipeline& pipeline, const HttpCounts& http);

}  // namespace penstock::engine
