#include "http/endpoints.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "config/quantity.hpp"
#include "http/event_stream.hpp"
#include "http/page_files.hpp"
#include "http/view.hpp"
#include "telemetry/logging.hpp"

namespace penstock::engine {
namespace {

// Pages and taps that may be open: each has a thread of its own, so they get a part of the threads.
Streams::Limits stream_limits(const HttpOptions& options, size_t most, size_t of_an_address,
                              size_t part) {
  const size_t bound = static_cast<size_t>(options.connection_limit()) / part;
  return {std::min(most, bound), std::min(of_an_address, bound)};
}

using StateReply = HttpReply (*)(const Pipeline&);
constexpr std::array<std::pair<std::string_view, StateReply>, 4> kStates{
    {{"/health", health_reply},
     {"/health/live", live_reply},
     {"/health/ready", ready_reply},
     {"/status", status_reply}}};

// What a service manager's probe asks has no login.
bool is_open_to_all(std::string_view path) {
  return path == "/health/live" || path == "/health/ready";
}

bool is_probe(std::string_view path) { return path.starts_with("/health") || path == "/metrics"; }

HttpReply json_reply(std::string text) { return {200, "application/json", std::move(text) + "\n"}; }

}  // namespace

Endpoints::Endpoints(const HttpOptions& options, Pipeline& pipeline)
    : pipeline_(pipeline),
      live_(pipeline),
      events_(stream_limits(options, 32, 8, 4)),
      taps_(stream_limits(options, 16, 4, 8)) {
  use(options);
}

void Endpoints::use(const HttpOptions& options) {
  auto next = std::make_shared<const Rules>(Rules{Login(options.username, options.password.text),
                                                  HostRule(options), options.header_limit(),
                                                  options.max_header_bytes.count});
  const std::lock_guard lock(rules_mutex_);
  rules_ = std::move(next);
}

std::shared_ptr<const Endpoints::Rules> Endpoints::rules() const {
  const std::lock_guard lock(rules_mutex_);
  return rules_;
}

bool Endpoints::taps_are_allowed(const Request& request) const {
  return rules()->login.is_needed() || (is_loopback_ && !request.is_forwarded());
}

void Endpoints::stop_streams() {
  events_.stop();
  taps_.stop();
}

void Endpoints::answer(const Request& request, Place place) {
  const HttpReply refusal = check(request);
  const bool streams = refusal.status == 200 && place == Place::kMain && request.method() == "GET";
  if (streams && request.path() == "/events") return answer_events(request);
  if (streams && request.path() == "/tap") return answer_tap(request);
  if (refusal.status != 200) request.send(refusal);
  else request.send(place == Place::kMain ? reply(request) : probe_reply(request));
}

HttpReply Endpoints::check(const Request& request) {
  const std::shared_ptr<const Rules> rules = this->rules();
  if (request.headers() > rules->max_headers ||
      request.head_bytes() > static_cast<size_t>(rules->max_header_bytes)) {
    counts_.refuse(Refusal::kHead);
    return error_reply(431,
                       fmt::format("more than max_headers = {} headers or max_header_bytes = {}",
                                   rules->max_headers, format_size(rules->max_header_bytes)));
  }
  if (request.method() != "GET" && request.method() != "HEAD") {
    return error_reply(405, "only GET and HEAD are served");
  }
  if (rules->login.is_needed()) return check_login(request, rules->login);
  if (request.is_from_here() && !rules->hosts.allows(request.header("Host"))) {
    counts_.refuse(Refusal::kHost);
    return error_reply(421,
                       "host name not allowed without a login; use localhost or an IP address, or "
                       "add the name to http.host_names");
  }
  return {};
}

HttpReply Endpoints::check_login(const Request& request, const Login& login) {
  if (is_open_to_all(request.path())) return {};
  const char* const given = request.header("Authorization");
  const bool is_tried = given && attempts_.may_try(request.address());
  if (is_tried && login.allows(given)) {
    attempts_.passed(request.address());
    return {};
  }
  if (is_tried) attempts_.failed(request.address());
  const uint64_t so_far = counts_.refuse(Refusal::kLogin);
  if (tell_login_.due()) {
    log().warn("HTTP: requests without the right login ({} so far)", so_far);
  }
  if (given && !is_tried)
    return error_reply(429, "too many failed logins from this address; try again in a minute");
  return error_reply(401, "the username and password of [http] are required");
}

HttpReply Endpoints::reply(const Request& request) {
  const std::string_view path = request.path();
  for (const auto& [name, state] : kStates) {
    if (path != name) continue;
    const auto unchanged = pipeline_.look();
    return state(pipeline_);
  }
  if (path == "/view") return json_reply(live_.now());
  if (path == "/history") return json_reply(live_.history_of(request.parameter("node")));
  const auto unchanged = pipeline_.look();
  if (path == "/metrics") return metrics_reply(pipeline_, counts_);
  if (path == "/graph") return json_reply(graph_json(pipeline_, taps_are_allowed(request)));
  for (const PageFile& file : page_files()) {
    if (path == file.path) {
      return {200, std::string(file.content_type), std::string(file.content)};
    }
  }
  return error_reply(404,
                     "not found; see /, /health, /health/live, /health/ready, /status, /metrics");
}

HttpReply Endpoints::probe_reply(const Request& request) {
  if (is_probe(request.path())) return reply(request);
  return error_reply(404,
                     "probe_listen serves /health, /health/live, /health/ready and /metrics only");
}

void Endpoints::answer_events(const Request& request) {
  const Streams::Place place(events_, request.address());
  if (!place) return refuse_stream(request, "too many pages are open");
  EventStream body(live_);
  events_.run(request, body, "text/event-stream");
}

void Endpoints::answer_tap(const Request& request) {
  HttpReply refusal;
  TapRequest tap = tap_request(request, refusal);
  if (refusal.status != 200) {
    request.send(refusal);
    return;
  }
  const Streams::Place place(taps_, request.address());
  if (!place) return refuse_stream(request, "too many taps are open");
  TapStream body(pipeline_, std::move(tap));
  taps_.run(request, body, "application/x-ndjson");
}

void Endpoints::refuse_stream(const Request& request, const char* words) {
  counts_.refuse(Refusal::kStreams);
  request.send(error_reply(503, words));
}

TapRequest Endpoints::tap_request(const Request& request, HttpReply& refusal) const {
  TapRequest tap{request.parameter("node"), request.parameter("port")};
  const std::string limit = request.parameter("limit"), rate = request.parameter("rate");
  if (!taps_are_allowed(request)) {
    refusal = error_reply(403,
                          "a tap shows what flows, so it is given on a loopback address without a "
                          "proxy, or with a login; write http.listen = \"127.0.0.1:8080\", or "
                          "http.username and http.password");
    return tap;
  }
  if (!limit.empty()) tap.limit = static_cast<size_t>(parse_integer(limit).value_or(-1));
  if (!rate.empty()) tap.rate = parse_number(rate).value_or(-1);
  if (tap.limit > 1'000'000 || tap.rate <= 0 || tap.rate > 1000) {
    refusal =
        error_reply(400, "limit is a number up to 1000000, rate one of rows a second up to 1000");
    return tap;
  }
  const auto unchanged = pipeline_.look();
  if (!find_tap_point(pipeline_, tap.node, tap.port)) {
    refusal = error_reply(404, fmt::format("there is no node or port \"{}{}{}\"; /graph has them",
                                           tap.node, tap.port.empty() ? "" : ".", tap.port));
  }
  return tap;
}

}  // namespace penstock::engine
