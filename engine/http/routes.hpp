// Every path that the HTTP server answers: one table (routes.cpp).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "http/counts.hpp"
#include "http/request.hpp"
#include "http/streams.hpp"
#include "observe/live_view.hpp"
#include "pipeline/pipeline.hpp"

namespace penstock::engine {

// What an answer is made of.
struct RouteContext {
  Pipeline& pipeline;
  LiveView& live;
  const HttpCounts& counts;
  bool taps_are_allowed;  // to the client
};

struct Route {
  std::string_view path;
  enum Access {
    kLogin,
    kProbe,
    kOpenProbe
  } access;  // probes: at probe_listen, too; open: no login
  // One of the two. nullptr from `stream`: `refusal` says why not.
  HttpReply (*reply)(const RouteContext&, const Request&);
  std::unique_ptr<StreamBody> (*stream)(const RouteContext&, const Request&,
                                        HttpReply& refusal) = nullptr;
  StreamKind kind = StreamKind::kPages;

  bool is_probe() const { return access != kLogin; }
  bool is_open_to_all() const { return access == kOpenProbe; }
};

// nullptr: there is none.
const Route* find_route(std::string_view path);
// All paths, with commas.
std::string route_paths(bool probes_only);

}  // namespace penstock::engine
