#include "plugin_host/copy_rows.hpp"

#include <penstock/builders.hpp>
#include <penstock/columns.hpp>
#include <penstock/schema.hpp>

#include <string>
#include "catch.hpp"

using namespace penstock;
using engine::RejectedRow;

namespace {

// Three messages of four bytes of topic and ten of payload.
struct Messages {
  ArrowSchema schema = export_schema({{"topic", format::kUtf8}, {"payload", format::kBinary}});
  ArrowSchema rejected = export_schema({{"topic", format::kUtf8},
                                        {"payload", format::kBinary},
                                        {"node", format::kUtf8},
                                        {"reason", format::kUtf8},
                                        {"detail", format::kUtf8, true}});
  ArrowArray array = {};
  const ArrowArray* chunk = &array;

  Messages() {
    TextBuilder topics, payloads;
    for (const char* name : {"a", "b", "c"}) {
      topics.push(std::string("top") + name);
      payloads.push(std::string("payload__") + name);
    }
    Columns columns(2);
    columns.add(topics.finish());
    columns.add(payloads.finish());
    array = make_rows(3, columns);
  }
  ~Messages() {
    array.release(&array);
    schema.release(&schema);
    rejected.release(&rejected);
  }
};

}  // namespace

TEST_CASE("a part of a row is copied with its own text in the place of its column") {
  const Messages messages;
  const std::vector<RejectedRow> rows = {{0, 1, "whole", ""}, {0, 2, "part", "d", 1, "a piece"}};
  ArrowArray copy =
      engine::copy_rejected(messages.schema, &messages.chunk, rows, messages.rejected, "decoder");
  REQUIRE(copy.length == 2);
  const TextColumn topic(*copy.children[0]), payload(*copy.children[1]), reason(*copy.children[3]);
  CHECK(topic[0] == "topb");
  CHECK(payload[0] == "payload__b");
  CHECK(topic[1] == "topc");
  CHECK(payload[1] == "a piece");
  CHECK(reason[1] == "part");
  copy.release(&copy);
}

TEST_CASE("rows are copied in pieces of no more bytes than a column holds") {
  const Messages messages;
  const std::vector<RejectedRow> rows = {
      {0, 0, "why", ""}, {0, 1, "why", "", 1, std::string(100, 'x')}, {0, 2, "why", ""}};
  const auto at_once = [&](size_t most) {
    return engine::copied_at_once(messages.schema, &messages.chunk, rows, most);
  };
  CHECK(at_once(1) == 1);
  CHECK(at_once(17) == 1);  // 4 + 10 + 3
  CHECK(at_once(17 + 106) == 1);
  CHECK(at_once(17 + 107) == 2);
  CHECK(at_once(17 + 107 + 17) == 3);
}
