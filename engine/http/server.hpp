// The HTTP listener.
#pragma once

#include <memory>
#include <string>

#include "graph/pipeline.hpp"

struct mg_context;

namespace penstock::engine {

struct HttpReply {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
};

// Serves the pipeline's state; reads only, from threads of its own, which touch nothing
// but counters. The pipeline must outlive it.
class HttpServer {
 public:
  // `listen` is "host:port" or ":port". nullptr: `error` says why not.
  static std::unique_ptr<HttpServer> start(const std::string& listen, Pipeline& pipeline,
                                           std::string& error);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Where it listens, with the port that was chosen for port 0: "127.0.0.1:8080".
  const std::string& address() const { return address_; }

  struct Served;  // what the requests share

 private:
  HttpServer();

  std::unique_ptr<Served> served_;
  mg_context* context_ = nullptr;
  std::string address_;
};

// What the endpoints answer. Call them while looking at the pipeline (Pipeline::look).
HttpReply health_reply(const Pipeline& pipeline);
HttpReply live_reply(const Pipeline& pipeline);
HttpReply ready_reply(const Pipeline& pipeline);
HttpReply status_reply(const Pipeline& pipeline);
HttpReply metrics_reply(const Pipeline& pipeline);

}  // namespace penstock::engine
