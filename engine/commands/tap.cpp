// `penstock tap`.
#include <fmt/format.h>

#include <iostream>
#include <string_view>

#include "commands/command_line.hpp"
#include "http/client.hpp"

namespace penstock::engine {

namespace {

// Prints rows as they pass a node of a running engine, "node" or "node.port".
int tap_command(const std::string& port, size_t limit, double rate, const HttpPlace& place) {
  const size_t dot = port.find('.');
  const std::string query =
      fmt::format("/tap?node={}&port={}&limit={}&rate={}", url_encoded(port.substr(0, dot)),
                  dot == std::string::npos ? "" : url_encoded(port.substr(dot + 1)), limit, rate);
  std::string rest;
  const HttpAnswer answer = http_stream(place, query, [&](std::string_view piece) {
    rest += piece;
    // Whole lines, so that a pipe's reader never waits for the end of one; empty ones say nothing.
    for (size_t end; (end = rest.find('\n')) != std::string::npos; rest.erase(0, end + 1)) {
      if (end > 0) std::cout << std::string_view(rest).substr(0, end + 1);
    }
    return static_cast<bool>(std::cout.flush());
  });
  if (answer.status / 100 == 2) return 0;
  std::cerr << answer.body << (answer.body.ends_with('\n') ? "" : "\n");
  return 1;
}

}  // namespace

void add_tap(CommandLine& line) {
  struct Arguments {
    std::string port;
    size_t limit = 0;
    double rate = 10;
    HttpPlace place;
  };
  const auto arguments = std::make_shared<Arguments>();
  CLI::App& tap = line.add("tap", "Print rows as they pass a node of a running engine, as NDJSON",
                           "tap decoder.rejected --limit 10", [arguments] {
                             return tap_command(arguments->port, arguments->limit, arguments->rate,
                                                arguments->place);
                           });
  tap.add_option("NODE", arguments->port, "node, or node.port; of a sink: what comes to it")
      ->required();
  tap.add_option("--limit", arguments->limit, "Stop after this many rows; 0: never")
      ->check(number_from(0, 1e12))
      ->capture_default_str();
  tap.add_option("--rate", arguments->rate, "Rows per second at most, 0.1 to 1000")
      ->check(number_from(0.1, 1000))
      ->capture_default_str();
  tap.add_option("--url", arguments->place.url, "Where the engine listens, as for top")
      ->capture_default_str();
  add_ca(tap, arguments->place);
}

}  // namespace penstock::engine
