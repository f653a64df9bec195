// `penstock health`.
#include <iostream>

#include "commands/command_line.hpp"
#include "http/client.hpp"

namespace penstock::engine {

namespace {

// Asks a running engine, or anything else that speaks HTTP: 0 when the answer is 2xx.
int health_command(const HttpPlace& place) {
  const HttpAnswer answer = http_get(place);
  if (answer.status == 0) {
    std::cerr << answer.body << "\n";
    return 1;
  }
  std::cout << answer.body;
  return answer.status / 100 == 2 ? 0 : 1;
}

}  // namespace

void add_health(CommandLine& line) {
  const auto place = std::make_shared<HttpPlace>();
  CLI::App& health = line.add("health", "Query a running engine's health",
                              "health http://localhost:8080/health/ready",
                              [place] { return health_command(*place); });
  health.add_option("URL", place->url, "URL of one of its health endpoints")->required();
  add_ca(health, *place);
}

}  // namespace penstock::engine
