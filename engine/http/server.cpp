#include "http/server.hpp"

#include <fmt/format.h>
#include <microhttpd.h>

#include <array>
#include <cstdarg>
#include <cstdio>
#include <string_view>
#include <thread>
#include <utility>

#include "config/listener.hpp"
#include "config/quantity.hpp"
#include "http/event_stream.hpp"
#include "http/login.hpp"
#include "http/page_files.hpp"
#include "http/tap_stream.hpp"
#include "http/view.hpp"
#include "telemetry/logging.hpp"

namespace penstock::engine {
namespace {

constexpr int kMostEvents = 8, kMostTaps = 4;
// Beyond max_connections: those that are being closed.
constexpr unsigned kLeaving = 64;
// Of a connection's memory, what an answer needs besides the request.
constexpr size_t kAnswerBytes = 32 << 10;

using Reply = HttpReply (*)(const Pipeline&);
constexpr std::array<std::pair<std::string_view, Reply>, 4> kStates{{{"/health", health_reply},
                                                                     {"/health/live", live_reply},
                                                                     {"/health/ready", ready_reply},
                                                                     {"/status", status_reply}}};

// What a service manager's probe asks has no login.
bool is_probe(std::string_view path) { return path == "/health/live" || path == "/health/ready"; }

}  // namespace

struct HttpServer::Served {
  Served(const HttpOptions& given, Pipeline& running, bool loopback)
      : options(given),
        pipeline(running),
        live(running),
        login(given.username, given.password.text),
        taps_allowed(loopback || login.is_needed()),
        connections(static_cast<size_t>(given.max_connections), given.request_timeout, counts) {}

  const HttpOptions options;
  Pipeline& pipeline;
  LiveView live;
  const Login login;
  const bool taps_allowed;
  HttpCounts counts;
  Connections connections;
  std::atomic<int> events = 0, taps = 0;
  Occasionally tell_login;
  // What is said while it starts, by the thread that starts it.
  const std::thread::id starter = std::this_thread::get_id();
  bool started = false;
  std::string start_error;
  Streams streams{[this] { connections.end_slow(); }};  // the first that ends
};

namespace {

using Served = HttpServer::Served;

// One request on its way to an answer.
class Request {
 public:
  Request(Served& served, MHD_Connection& connection, std::string_view path,
          std::string_view method)
      : served_(served), connection_(connection), path_(path), method_(method) {}

  MHD_Result answer() {
    add(served_.counts.requests, 1);
    unsigned status = MHD_HTTP_OK;
    Response response;
    try {
      HttpReply reply;
      response = stream(reply);
      if (!response) {
        if (reply.status == MHD_HTTP_OK) reply = whole();
        status = static_cast<unsigned>(reply.status);
        response = response_of(reply);
      }
    } catch (const std::exception& e) {
      log().error("HTTP: {}: {}", path_, e.what());
      return MHD_NO;
    }
    return MHD_queue_response(&connection_, status, response.get());
  }

 private:
  // Empty: it is not there.
  std::string parameter(const char* name) const {
    const char* value = MHD_lookup_connection_value(&connection_, MHD_GET_ARGUMENT_KIND, name);
    return value ? value : "";
  }

  // What every request must keep to; a status that is not 200 says that it does not.
  HttpReply checked() {
    const int headers = MHD_get_connection_values(&connection_, MHD_HEADER_KIND, nullptr, nullptr);
    const size_t bytes =
        MHD_get_connection_info(&connection_, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE)->header_size;
    const HttpOptions& options = served_.options;
    if (headers > options.max_headers ||
        bytes > static_cast<size_t>(options.max_header_bytes.count)) {
      served_.counts.refuse(Refusal::kHead);
      return error_reply(
          MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE,
          fmt::format("more than max_headers = {} headers or max_header_bytes = {}",
                      options.max_headers, format_size(options.max_header_bytes.count)));
    }
    if (method_ != "GET" && method_ != "HEAD") {
      return error_reply(MHD_HTTP_METHOD_NOT_ALLOWED, "only GET and HEAD are served");
    }
    if (is_probe(path_) || served_.login.allows(connection_)) return {};
    const uint64_t so_far = served_.counts.refuse(Refusal::kLogin);
    if (served_.tell_login.due()) {
      log().warn("HTTP: requests without the right login ({} so far)", so_far);
    }
    return error_reply(MHD_HTTP_UNAUTHORIZED, "the user and the password of [http] are needed");
  }

  // An answer that goes on, if the request is for one and well; else `reply` may say why not.
  Response stream(HttpReply& reply) {
    reply = checked();
    const bool events = path_ == "/events";
    if (reply.status != MHD_HTTP_OK || method_ != "GET" || (!events && path_ != "/tap")) {
      return nullptr;
    }
    Response response;
    if (events) {
      response = served_.streams.begin(connection_, std::make_unique<EventStream>(served_.live),
                                       "text/event-stream", served_.events, kMostEvents);
    } else {
      TapRequest tap = tap_request(reply);
      if (reply.status != MHD_HTTP_OK) return nullptr;
      response = served_.streams.begin(
          connection_, std::make_unique<TapStream>(served_.pipeline, std::move(tap)),
          "application/x-ndjson", served_.taps, kMostTaps);
    }
    if (response) {
      served_.connections.is_stream(
          MHD_get_connection_info(&connection_, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd);
    } else {
      served_.counts.refuse(Refusal::kStreams);
      reply = error_reply(MHD_HTTP_SERVICE_UNAVAILABLE,
                          events ? "too many pages are open" : "too many taps are open");
    }
    return response;
  }

  TapRequest tap_request(HttpReply& reply) const {
    TapRequest tap{parameter("node"), parameter("port")};
    const std::string limit = parameter("limit"), rate = parameter("rate");
    if (!served_.taps_allowed) {
      reply = error_reply(MHD_HTTP_FORBIDDEN,
                          "a tap shows what flows, so it is given on a loopback address or with a "
                          "login only; write http.listen = \"127.0.0.1:8080\", or http.username "
                          "and http.password");
      return tap;
    }
    if (!limit.empty()) tap.limit = static_cast<size_t>(parse_integer(limit).value_or(-1));
    if (!rate.empty()) tap.rate = parse_number(rate).value_or(-1);
    if (tap.limit > 1'000'000 || tap.rate <= 0 || tap.rate > 1000) {
      reply = error_reply(MHD_HTTP_BAD_REQUEST,
                          "limit is a number up to 1000000, rate one of rows a second up to 1000");
      return tap;
    }
    const auto unchanged = served_.pipeline.look();
    if (!find_tap_point(served_.pipeline, tap.node, tap.port)) {
      reply = error_reply(MHD_HTTP_NOT_FOUND,
                          fmt::format("there is no node or port \"{}{}{}\"; /graph has them",
                                      tap.node, tap.port.empty() ? "" : ".", tap.port));
    }
    return tap;
  }

  HttpReply whole() {
    for (const auto& [name, state] : kStates) {
      if (path_ != name) continue;
      const auto unchanged = served_.pipeline.look();
      return state(served_.pipeline);
    }
    if (path_ == "/view") return {MHD_HTTP_OK, "application/json", served_.live.now() + "\n"};
    if (path_ == "/history") {
      return {MHD_HTTP_OK, "application/json", served_.live.history_of(parameter("node")) + "\n"};
    }
    const auto unchanged = served_.pipeline.look();
    if (path_ == "/metrics") return metrics_reply(served_.pipeline, served_.counts);
    if (path_ == "/graph") {
      return {MHD_HTTP_OK, "application/json",
              graph_json(served_.pipeline, served_.taps_allowed) + "\n"};
    }
    for (const PageFile& file : page_files()) {
      if (path_ == file.path) {
        return {MHD_HTTP_OK, std::string(file.content_type), std::string(file.content)};
      }
    }
    return error_reply(MHD_HTTP_NOT_FOUND,
                       "not found; see /, /health, /health/live, /health/ready, /status, /metrics");
  }

  Served& served_;
  MHD_Connection& connection_;
  const std::string_view path_, method_;
};

// ---- What libmicrohttpd calls, from its thread ----

MHD_Result handle(void* served, MHD_Connection* connection, const char* path, const char* method,
                  const char*, const char*, size_t*, void**) {
  return Request(*static_cast<Served*>(served), *connection, path, method).answer();
}

void notify(void* served, MHD_Connection* connection, void**, MHD_ConnectionNotificationCode what) {
  Connections& connections = static_cast<Served*>(served)->connections;
  const int fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
  if (what == MHD_CONNECTION_NOTIFY_STARTED) connections.began(fd);
  else connections.ended(fd);
}

void log_message(void* to, const char* format, va_list arguments) {
  char text[512];
  std::vsnprintf(text, sizeof(text), format, arguments);
  std::string_view line(text);
  while (line.ends_with('\n')) line.remove_suffix(1);
  Served& served = *static_cast<Served*>(to);
  // Of a running one, it is what clients do wrong.
  if (std::this_thread::get_id() != served.starter || served.started) log().debug("HTTP: {}", line);
  else served.start_error += fmt::format("{}{}", served.start_error.empty() ? "" : "; ", line);
}

}  // namespace

HttpServer::HttpServer() = default;

std::unique_ptr<HttpServer> HttpServer::start(const HttpOptions& options,
                                              std::shared_ptr<ListenSocket> socket,
                                              Pipeline& pipeline, std::string& error) {
  std::unique_ptr<HttpServer> server(new HttpServer);
  server->served_ = std::make_unique<Served>(options, pipeline, socket->is_loopback());
  server->socket_ = std::move(socket);
  Served& served = *server->served_;
  TlsFiles tls;
  if (!read_tls_files(options, tls, error)) return nullptr;
  const auto timeout_s =
      std::chrono::duration_cast<std::chrono::seconds>(options.request_timeout).count();
  std::vector<MHD_OptionItem> items{
      {MHD_OPTION_NOTIFY_CONNECTION, reinterpret_cast<intptr_t>(notify), &served},
      {MHD_OPTION_LISTEN_SOCKET, server->socket_->duplicate(), nullptr},
      {MHD_OPTION_CONNECTION_LIMIT, static_cast<intptr_t>(options.max_connections + kLeaving),
       nullptr},
      {MHD_OPTION_CONNECTION_TIMEOUT, static_cast<intptr_t>(timeout_s), nullptr},
      {MHD_OPTION_CONNECTION_MEMORY_LIMIT,
       static_cast<intptr_t>(static_cast<size_t>(options.max_header_bytes.count) + kAnswerBytes),
       nullptr}};
  unsigned flags =
      MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
  if (options.uses_tls()) {
    flags |= MHD_USE_TLS;
    items.push_back({MHD_OPTION_HTTPS_MEM_CERT, 0, tls.certificate.data()});
    items.push_back({MHD_OPTION_HTTPS_MEM_KEY, 0, tls.key.data()});
    // RFC 8996 deprecates the versions before 1.2.
    items.push_back(
        {MHD_OPTION_HTTPS_PRIORITIES, 0, const_cast<char*>("NORMAL:-VERS-TLS1.0:-VERS-TLS1.1")});
  }
  items.push_back({MHD_OPTION_END, 0, nullptr});
  server->daemon_ =
      MHD_start_daemon(flags, 0, nullptr, nullptr, handle, &served, MHD_OPTION_EXTERNAL_LOGGER,
                       log_message, &served, MHD_OPTION_ARRAY, items.data(), MHD_OPTION_END);
  if (!server->daemon_) {
    error = fmt::format("http: cannot listen on {}: {}", server->socket_->address(),
                        served.start_error.empty() ? "no reason was given" : served.start_error);
    return nullptr;
  }
  served.started = true;
  return server;
}

std::string HttpServer::url() const {
  return fmt::format("{}://{}", served_->options.uses_tls() ? "https" : "http", socket_->address());
}

HttpServer::~HttpServer() {
  if (served_) served_->streams.stop();
  if (daemon_) MHD_stop_daemon(daemon_);
}

}  // namespace penstock::engine
