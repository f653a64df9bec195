#include "http/counts.hpp"

namespace penstock::engine {

void add_http_metrics(const HttpCounts& counts, MetricFamilies& to) {
  to.gauge("penstock_http_connections", "Connections being served.", {},
           static_cast<double>(counts.connections));
  to.counter("penstock_http_requests_total", "Requests that were read.", {},
             static_cast<double>(get(counts.requests)));
  to.counter("penstock_http_busy_total",
             "Connections that took the last free thread, so that further ones wait.", {},
             static_cast<double>(get(counts.busy)));
  for (size_t i = 0; i < kRefusals.size(); ++i) {
    to.counter("penstock_http_refused_total", "Connections and requests refused, by the reason.",
               {{"reason", kRefusals[i]}}, static_cast<double>(get(counts.refused[i])));
  }
}

}  // namespace penstock::engine
