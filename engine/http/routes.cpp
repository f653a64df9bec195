#include "http/routes.hpp"

#include <algorithm>
#include <array>

#include "http/event_stream.hpp"
#include "http/page_files.hpp"
#include "http/tap_stream.hpp"
#include "observe/health.hpp"
#include "observe/metrics.hpp"
#include "observe/status.hpp"
#include "observe/view.hpp"

namespace penstock::engine {
namespace {

HttpReply json_reply(std::string text, int status = 200) {
  return {status, "application/json", std::move(text) + "\n"};
}

template <StateReport (*report)(const Snapshot&)>
HttpReply state(const RouteContext& context, const Request&) {
  const auto unchanged = context.pipeline.look();
  StateReport state = report(snapshot_of(context.pipeline));
  return json_reply(std::move(state.json), state.is_good ? 200 : 503);
}

HttpReply status(const RouteContext& context, const Request&) {
  const auto unchanged = context.pipeline.look();
  return json_reply(status_json(snapshot_of(context.pipeline)));
}

HttpReply metrics(const RouteContext& context, const Request&) {
  const auto unchanged = context.pipeline.look();
  MetricFamilies families;
  add_pipeline_metrics(snapshot_of(context.pipeline), families);
  add_http_metrics(context.counts, families);
  add_process_metrics(families);
  return {200, "text/plain; version=0.0.4; charset=utf-8", families.text()};
}

HttpReply graph(const RouteContext& context, const Request&) {
  const auto unchanged = context.pipeline.look();
  return json_reply(graph_json(snapshot_of(context.pipeline), context.taps_are_allowed));
}

HttpReply view(const RouteContext& context, const Request&) {
  return json_reply(context.live.now());
}

HttpReply history(const RouteContext& context, const Request& request) {
  return json_reply(context.live.history_of(request.parameter("node")));
}

HttpReply page_file(const RouteContext&, const Request& request) {
  for (const PageFile& file : page_files()) {
    if (request.path() == file.path) {
      return {200, std::string(file.content_type), std::string(file.content)};
    }
  }
  return error_reply(404, "not found");
}

std::unique_ptr<StreamBody> events(const RouteContext& context, const Request&, HttpReply&) {
  return std::make_unique<EventStream>(context.live);
}

constexpr std::array kRoutes{
    Route{"/health", Route::kProbe, state<health_report>},
    Route{"/health/live", Route::kOpenProbe, state<live_report>},
    Route{"/health/ready", Route::kOpenProbe, state<ready_report>},
    Route{"/status", Route::kLogin, status},
    Route{"/metrics", Route::kProbe, metrics},
    // For the page and `penstock top`.
    Route{"/graph", Route::kLogin, graph},
    Route{"/view", Route::kLogin, view},
    Route{"/history", Route::kLogin, history},
    Route{"/events", Route::kLogin, nullptr, events, StreamKind::kPages},
    Route{"/tap", Route::kLogin, nullptr, open_tap, StreamKind::kTaps},
};
constexpr Route kPageFile{"", Route::kLogin, page_file};

}  // namespace

const Route* find_route(std::string_view path) {
  const auto route = std::find_if(kRoutes.begin(), kRoutes.end(),
                                  [&](const Route& each) { return each.path == path; });
  if (route != kRoutes.end()) return &*route;
  const auto& files = page_files();
  const bool is_file = std::any_of(files.begin(), files.end(),
                                   [&](const PageFile& file) { return file.path == path; });
  return is_file ? &kPageFile : nullptr;
}

std::string route_paths(bool probes_only) {
  std::string paths = probes_only ? "" : "/";
  for (const Route& route : kRoutes) {
    if (probes_only && !route.is_probe()) continue;
    paths += (paths.empty() ? "" : ", ") + std::string(route.path);
  }
  return paths;
}

}  // namespace penstock::engine
