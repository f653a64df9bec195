#include "http/server.hpp"

#include <civetweb.h>
#include <fmt/format.h>

#include <array>
#include <string_view>

#include "telemetry/logging.hpp"

namespace penstock::engine {
namespace {

struct Endpoint {
  std::string_view path;
  HttpReply (*reply)(const Pipeline&);
};

constexpr std::array<Endpoint, 5> kEndpoints{{
    {"/health", health_reply},
    {"/health/live", live_reply},
    {"/health/ready", ready_reply},
    {"/status", status_reply},
    {"/metrics", metrics_reply},
}};

HttpReply answer(const mg_request_info& request, const Pipeline& pipeline) {
  const std::string_view method = request.request_method, path = request.local_uri;
  for (const Endpoint& endpoint : kEndpoints) {
    if (path != endpoint.path) continue;
    if (method != "GET" && method != "HEAD") {
      return {405, "application/json",
              R"({"error":"only GET and HEAD are served"})"
              "\n"};
    }
    return endpoint.reply(pipeline);
  }
  return {404, "application/json",
          R"({"error":"not found; see /health, /health/live, /health/ready, /status, /metrics"})"
          "\n"};
}

const char* reason(int status) {
  switch (status) {
    case 200: return "OK";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 503: return "Service Unavailable";
    default: return "Internal Server Error";
  }
}

int handle(mg_connection* connection, void* pipeline) {
  const mg_request_info& request = *mg_get_request_info(connection);
  HttpReply reply;
  try {
    const Pipeline& running = *static_cast<const Pipeline*>(pipeline);
    const auto unchanged = running.look();
    reply = answer(request, running);
  } catch (const std::exception& e) {
    log().error("HTTP: {}: {}", request.local_uri, e.what());
    reply = {500, "application/json",
             R"({"error":"internal error; see the log"})"
             "\n"};
  }
  const std::string head = fmt::format(
      "HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nCache-Control: no-store\r\n"
      "X-Content-Type-Options: nosniff\r\n{}Connection: close\r\n\r\n",
      reply.status, reason(reply.status), reply.content_type, reply.body.size(),
      reply.status == 405 ? "Allow: GET, HEAD\r\n" : "");
  mg_write(connection, head.data(), head.size());
  if (std::string_view(request.request_method) != "HEAD") {
    mg_write(connection, reply.body.data(), reply.body.size());
  }
  return reply.status;
}

int log_message(const mg_connection*, const char* message) {
  log().warn("HTTP: {}", message);
  return 1;
}

}  // namespace

std::unique_ptr<HttpServer> HttpServer::start(const std::string& listen, const Pipeline& pipeline,
                                              std::string& error) {
  const size_t colon = listen.rfind(':');
  if (colon == std::string::npos) {
    error = fmt::format("http.listen: \"{}\" is not host:port, such as 127.0.0.1:8080", listen);
    return nullptr;
  }
  // CivetWeb's own word for all addresses is a port alone.
  const std::string host = listen.substr(0, colon);
  const std::string ports = host.empty() || host == "0.0.0.0" ? listen.substr(colon + 1) : listen;
  const char* options[] = {"listening_ports",
                           ports.c_str(),
                           "num_threads",
                           "4",
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
  mg_set_request_handler(server->context_, "/", handle, const_cast<Pipeline*>(&pipeline));
  return server;
}

HttpServer::~HttpServer() {
  if (context_) mg_stop(context_);
}

}  // namespace penstock::engine
