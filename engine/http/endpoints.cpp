#include "http/endpoints.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "config/quantity.hpp"
#include "telemetry/logging.hpp"

namespace penstock::engine {
namespace {

// Pages and taps that may be open: each has a thread of its own, so they get a part of the threads.
Streams::Limits stream_limits(const HttpOptions& options, size_t most, size_t of_an_address,
                              size_t part) {
  const size_t bound = static_cast<size_t>(options.connection_limit()) / part;
  return {std::min(most, bound), std::min(of_an_address, bound)};
}

}  // namespace

Endpoints::Endpoints(const HttpOptions& options, Pipeline& pipeline)
    : pipeline_(pipeline),
      live_(pipeline),
      events_(stream_limits(options, 32, 8, 4), "pages", "text/event-stream"),
      taps_(stream_limits(options, 16, 4, 8), "taps", "application/x-ndjson") {
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

void Endpoints::answer(const Request& request, ListenerKind listener) {
  const Route* route = find_route(request.path());
  if (route && listener == ListenerKind::kProbes && !route->is_probe()) route = nullptr;
  const HttpReply refusal = check(request, route && route->is_open_to_all());
  if (refusal.status != 200) {
    request.send(refusal);
    return;
  }
  const bool streams = route && route->stream && request.method() == "GET";
  if (streams) answer_stream(request, *route);
  else if (route && route->reply) request.send(route->reply(context(request), request));
  else request.send(not_found(listener));
}

HttpReply Endpoints::not_found(ListenerKind listener) const {
  const bool probes_only = listener == ListenerKind::kProbes;
  return error_reply(
      404, fmt::format("{} {}", probes_only ? "probe_listen serves only" : "not found; see",
                       route_paths(probes_only)));
}

RouteContext Endpoints::context(const Request& request) {
  return {pipeline_, live_, counts_, taps_are_allowed(request)};
}

HttpReply Endpoints::check(const Request& request, bool is_open_to_all) {
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
  if (rules->login.is_needed()) {
    return is_open_to_all ? HttpReply{} : check_login(request, rules->login);
  }
  if (request.is_from_here() && !rules->hosts.allows(request.header("Host"))) {
    counts_.refuse(Refusal::kHost);
    return error_reply(421,
                       "host name not allowed without a login; use localhost or an IP address, or "
                       "add the name to http.host_names");
  }
  return {};
}

HttpReply Endpoints::check_login(const Request& request, const Login& login) {
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

void Endpoints::answer_stream(const Request& request, const Route& route) {
  HttpReply refusal;
  const auto body = route.stream(context(request), request, refusal);
  if (!body) {
    request.send(refusal);
    return;
  }
  Streams& streams = route.kind == StreamKind::kPages ? events_ : taps_;
  const Streams::Slot slot(streams, request.address());
  if (slot) {
    streams.run(request, *body);
    return;
  }
  counts_.refuse(Refusal::kStreams);
  request.send(error_reply(503, fmt::format("too many {} are open", streams.name())));
}

}  // namespace penstock::engine
