#include "http/server.hpp"

#include <civetweb.h>
#include <fmt/format.h>

#include <array>
#include <atomic>
#include <cstring>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "config/quantity.hpp"
#include "http/page_files.hpp"
#include "http/response_head.hpp"
#include "http/streams.hpp"
#include "http/view.hpp"
#include "telemetry/logging.hpp"

namespace penstock::engine {
namespace {

// Requests that end take their turns on these threads besides those that go on.
constexpr int kMostEvents = 8, kMostTaps = 4, kOtherThreads = 4;

using Reply = HttpReply (*)(const Pipeline&);
constexpr std::array<std::pair<std::string_view, Reply>, 5> kStates{{{"/health", health_reply},
                                                                     {"/health/live", live_reply},
                                                                     {"/health/ready", ready_reply},
                                                                     {"/status", status_reply},
                                                                     {"/metrics", metrics_reply}}};

HttpReply error_reply(int status, const std::string& words) {
  return {status, "application/json", nlohmann::json{{"error", words}}.dump() + "\n"};
}

// A parameter of the query; empty: it is not there.
std::string parameter(const mg_request_info& request, const char* name) {
  if (!request.query_string) return "";
  char value[256];
  const int size = mg_get_var(request.query_string, std::strlen(request.query_string), name, value,
                              sizeof(value));
  return size > 0 ? std::string(value, static_cast<size_t>(size)) : "";
}

// The host part of `listen`: nobody but this machine reaches a loopback address.
bool is_loopback(const std::string& host) {
  return host == "localhost" || host == "[::1]" || host.starts_with("127.");
}

}  // namespace

struct HttpServer::Served {
  Served(Pipeline& running, bool allows_taps)
      : pipeline(running), live(running), taps_allowed(allows_taps) {}

  Pipeline& pipeline;
  LiveView live;
  const bool taps_allowed;
  Streams events{kMostEvents}, taps{kMostTaps};
  std::atomic<bool> stop = false;
};

namespace {

using Served = HttpServer::Served;

// An answer that goes on, if the request is for one; then it has been given, or refused in `reply`.
bool answer_stream(mg_connection* connection, const mg_request_info& request, Served& served,
                   HttpReply& reply) {
  const std::string_view path = request.local_uri;
  if (path == "/events") {
    const Streams::Place place(served.events);
    if (!place) {
      reply = error_reply(503, "too many pages are open");
      return false;
    }
    send_events(connection, served.live, served.stop);
    return true;
  }
  TapRequest tap;
  tap.node = parameter(request, "node");
  tap.port = parameter(request, "port");
  const std::string limit = parameter(request, "limit"), rate = parameter(request, "rate");
  if (!served.taps_allowed) {
    reply = error_reply(403,
                        "a tap shows what flows, so it is given on a loopback address only; "
                        "write http.listen = \"127.0.0.1:8080\"");
    return false;
  }
  if (!limit.empty()) tap.limit = static_cast<size_t>(parse_integer(limit).value_or(-1));
  if (!rate.empty()) tap.rate = parse_number(rate).value_or(-1);
  if (tap.limit > 1'000'000 || tap.rate <= 0 || tap.rate > 1000) {
    reply =
        error_reply(400, "limit is a number up to 1000000, rate one of rows a second up to 1000");
    return false;
  }
  {
    const auto unchanged = served.pipeline.look();
    if (!find_tap_point(served.pipeline, tap.node, tap.port)) {
      reply = error_reply(404, fmt::format("there is no node or port \"{}{}{}\"; /graph has them",
                                           tap.node, tap.port.empty() ? "" : ".", tap.port));
      return false;
    }
  }
  const Streams::Place place(served.taps);
  if (!place) {
    reply = error_reply(503, "too many taps are open");
    return false;
  }
  send_tap(connection, served.pipeline, tap, served.stop);
  return true;
}

HttpReply answer(const mg_request_info& request, Served& served) {
  const std::string_view path = request.local_uri;
  for (const auto& [name, state] : kStates) {
    if (path != name) continue;
    const auto unchanged = served.pipeline.look();
    return state(served.pipeline);
  }
  if (path == "/view") return {200, "application/json", served.live.now() + "\n"};
  if (path == "/history") {
    return {200, "application/json", served.live.history_of(parameter(request, "node")) + "\n"};
  }
  if (path == "/graph") {
    const auto unchanged = served.pipeline.look();
    return {200, "application/json", graph_json(served.pipeline, served.taps_allowed) + "\n"};
  }
  for (const PageFile& file : page_files()) {
    if (path == file.path) {
      return {200, std::string(file.content_type), std::string(file.content)};
    }
  }
  return error_reply(404,
                     "not found; see /, /health, /health/live, /health/ready, /status, /metrics");
}

void send(mg_connection* connection, const mg_request_info& request, const HttpReply& reply) {
  std::string more = fmt::format("Content-Length: {}\r\n", reply.body.size());
  if (reply.status == 405) more += "Allow: GET, HEAD\r\n";
  const std::string head = response_head(reply.status, reply.content_type, more);
  mg_write(connection, head.data(), head.size());
  if (std::string_view(request.request_method) != "HEAD") {
    mg_write(connection, reply.body.data(), reply.body.size());
  }
}

int handle(mg_connection* connection, void* data) {
  const mg_request_info& request = *mg_get_request_info(connection);
  Served& served = *static_cast<Served*>(data);
  const std::string_view method = request.request_method, path = request.local_uri;
  HttpReply reply;
  try {
    if (method != "GET" && method != "HEAD") {
      reply = error_reply(405, "only GET and HEAD are served");
    } else if (method == "GET" && (path == "/events" || path == "/tap")) {
      if (answer_stream(connection, request, served, reply)) return 200;
    } else {
      reply = answer(request, served);
    }
  } catch (const std::exception& e) {
    log().error("HTTP: {}: {}", request.local_uri, e.what());
    reply = error_reply(500, "internal error; see the log");
  }
  send(connection, request, reply);
  return reply.status;
}

int log_message(const mg_connection*, const char* message) {
  log().warn("HTTP: {}", message);
  return 1;
}

}  // namespace

HttpServer::HttpServer() = default;

std::unique_ptr<HttpServer> HttpServer::start(const std::string& listen, Pipeline& pipeline,
                                              std::string& error) {
  const size_t colon = listen.rfind(':');
  if (colon == std::string::npos) {
    error = fmt::format("http.listen: \"{}\" is not host:port, such as 127.0.0.1:8080", listen);
    return nullptr;
  }
  // CivetWeb's own word for all addresses is a port alone.
  const std::string host = listen.substr(0, colon);
  const std::string ports = host.empty() || host == "0.0.0.0" ? listen.substr(colon + 1) : listen;
  const std::string threads = std::to_string(kMostEvents + kMostTaps + kOtherThreads);
  const char* options[] = {"listening_ports",
                           ports.c_str(),
                           "num_threads",
                           threads.c_str(),
                           "request_timeout_ms",
                           "10000",
                           "enable_keep_alive",
                           "no",
                           "enable_directory_listing",
                           "no",
                           nullptr};
  mg_callbacks callbacks = {};
  callbacks.log_message = log_message;
  std::unique_ptr<HttpServer> server(new HttpServer);
  server->context_ = mg_start(&callbacks, nullptr, options);
  mg_server_port bound[1] = {};
  if (!server->context_ || mg_get_server_ports(server->context_, 1, bound) < 1) {
    error = fmt::format("http.listen: cannot listen on {}; is the port in use?", listen);
    return nullptr;
  }
  server->address_ = fmt::format("{}:{}", host.empty() ? "0.0.0.0" : host, bound[0].port);
  server->served_ = std::make_unique<Served>(pipeline, is_loopback(host));
  mg_set_request_handler(server->context_, "/", handle, server->served_.get());
  return server;
}

HttpServer::~HttpServer() {
  if (served_) served_->stop = true;
  if (context_) mg_stop(context_);
}

}  // namespace penstock::engine
