// How a plugin is tested without an engine: the SDK's host makes an instance with options as a file
// has them, gives it batches, and shows what it did. The plugin is examples/transform/cpp.
#include <penstock/columns.hpp>
#include <penstock/testing/host.hpp>

#include "catch.hpp"

using namespace penstock;
using penstock::testing::Host;
using penstock::testing::message_rows;

namespace {

const penstock_node_type& example() { return penstock_plugin_entry()->types[0]; }

}  // namespace

TEST_CASE("the example makes a point of a number, scaled, and rejects what is none") {
  Host host(example(), {{"scale", "0.5"}});
  REQUIRE(host.start() == PENSTOCK_OK);
  const auto& batch = host.give(message_rows({{"a", "43"}, {"b", "on"}, {"c", "-1e3"}}));
  CHECK(host.process(batch) == PENSTOCK_OK);

  REQUIRE(host.outputs().size() == 1);
  const ArrowArray& points = *host.outputs()[0].chunks[0];
  REQUIRE(points.length == 2);
  const TextColumn topics(*points.children[1]);
  const FixedColumn<double> values(*points.children[2]);
  CHECK(topics[0] == "a");
  CHECK(values[0] == 21.5);
  CHECK(topics[1] == "c");
  CHECK(values[1] == -500);
  CHECK(host.number(0) == 2);  // its metric: points made

  REQUIRE(host.rejected().size() == 1);
  CHECK(host.rejected()[0].row == 1);
  CHECK(host.rejected()[0].reason == "is not a number");

  host.destroy();
  CHECK(host.faults().empty());
}

TEST_CASE("what the example emits comes of one chunk at a time") {
  Host host(example());
  const auto& batch =
      host.give(message_schema(), {message_rows({{"a", "1"}}), message_rows({{"b", "2"}})});
  CHECK(host.process(batch) == PENSTOCK_OK);
  REQUIRE(host.outputs().size() == 2);
  for (size_t i = 0; i < 2; ++i) CHECK(host.outputs()[i].of_chunk == i);
}
