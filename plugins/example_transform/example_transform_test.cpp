// A test of the plugin without an engine: the SDK's host makes an instance, gives it rows and shows
// what it did.
#include <penstock/columns.hpp>
#include <penstock/testing/host.hpp>

#include <cstdio>
#include <string>

using namespace penstock;
using penstock::testing::Host;
using penstock::testing::message_rows;

static int failures = 0;

static void check(bool holds, const char* claim) {
  if (holds) return;
  std::fprintf(stderr, "false: %s\n", claim);
  ++failures;
}

int main() {
  Host host(penstock_plugin_entry()->types[0], {{"prefix", "dev/"}});
  check(host.start() == PENSTOCK_OK, "it starts");
  const auto& batch = host.give(message_rows({{"dev/a", "1"}, {"uns/b", "2"}, {"dev/c", "3"}}));
  check(host.process(batch) == PENSTOCK_OK, "it takes a batch");

  check(host.outputs().size() == 1 && host.outputs()[0].rows() == 2, "two messages match");
  const ArrowArray& rows = *host.outputs()[0].chunks[0];
  const TextColumn topics(*rows.children[0]);
  check(topics[0] == "dev/a" && topics[1] == "dev/c", "they are those that begin with the prefix");
  check(host.number(0) == 1, "the other is counted");

  host.destroy();
  for (const std::string& fault : host.faults()) check(false, fault.c_str());
  return failures == 0 ? 0 : 1;
}
