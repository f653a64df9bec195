#include "config/pipeline_file.hpp"
#include "config/source_line.hpp"

#include "catch.hpp"

#include "pipeline_text.hpp"
#include "test_nodes.hpp"

namespace {

std::string problems_of(const std::string& text) {
  return PipelineText(text, test_nodes::types()).problems;
}

bool has(const std::string& text, const std::string& part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}

const std::string kGood = R"([nodes.in]
plugin = "counting"
[nodes.middle]
plugin = "passing"
inputs = ["in"]
[nodes.out]
plugin = "storing"
inputs = ["middle"]
)";

}  // namespace

TEST_CASE("a good file has no problems and its nodes are in the order of the flow") {
  // "a" reads from "z", so names alone would give the wrong order.
  const PipelineText text(R"([nodes.a]
plugin = "storing"
inputs = ["z.copy", "z.rejected"]
[nodes.z]
plugin = "passing"
inputs = ["zz"]
[nodes.zz]
plugin = "counting"
)",
                          test_nodes::types());
  REQUIRE(text.problems.empty());
  REQUIRE(text.pipeline);
  const auto& nodes = text.pipeline->nodes;
  CHECK(nodes[0].name == "zz");
  CHECK(nodes[1].name == "z");
  CHECK(nodes[2].name == "a");
  CHECK(nodes[2].inputs[0].port == 1);
  CHECK(nodes[2].inputs[1].port == 2);
}

TEST_CASE("every problem is reported, in the order of the file, with line and column") {
  const std::string problems = problems_of(R"([service]
nam = "x"
[nodes.in]
plugin = "countin"
[nodes.middle]
plugin = "passing"
inputs = ["im"]
rejekt = "x"
)");
  CHECK(has(problems, "p.toml:2:1: unknown option \"nam\" (did you mean \"name\"?)"));
  CHECK(has(problems, "p.toml:4:10: nodes.in: no plugin named \"countin\""));
  CHECK(has(problems, "p.toml:7:11: inputs: there is no node \"im\" (did you mean \"in\"?)"));
  CHECK(has(problems, "p.toml:8:1: unknown option \"rejekt\" (did you mean \"reject\"?)"));
}

TEST_CASE("a cycle is reported as a path, at the input that closes it") {
  const std::string problems = problems_of(R"([nodes.a]
plugin = "passing"
inputs = ["c"]
[nodes.b]
plugin = "passing"
inputs = ["a"]
[nodes.c]
plugin = "passing"
inputs = ["b"]
)");
  CHECK(has(problems, "p.toml:6:11: inputs: a → b → c → a is a cycle; remove \"a\" here"));
}

TEST_CASE("a node that reads itself is a cycle") {
  CHECK(has(problems_of("[nodes.a]\nplugin = \"passing\"\ninputs = [\"a\"]\n"),
            "p.toml:3:11: inputs: a → a is a cycle"));
}

TEST_CASE("wrong ports and inputs are refused") {
  CHECK(has(problems_of(kGood + "[nodes.more]\nplugin=\"storing\"\ninputs=[\"middle.rejecte\"]\n"),
            "node \"middle\" has no port \"rejecte\" (did you mean \"rejected\"?)"));
  CHECK(has(problems_of(kGood + "[nodes.more]\nplugin=\"storing\"\ninputs=[\"out\"]\n"),
            "\"out\" is a sink, nothing flows out of it but \"out.rejected\""));
  CHECK(has(problems_of(kGood + "[nodes.more]\nplugin=\"storing\"\n"),
            "nodes.more: inputs = [\"…\"] is missing"));
  CHECK(has(problems_of(kGood + "[nodes.more]\nplugin=\"counting\"\ninputs=[\"in\"]\n"),
            "\"more\" is a source and has none"));
  CHECK(has(problems_of(kGood + "[nodes.more]\nplugin=\"storing\"\ninputs=\"in\"\n"),
            "inputs: expected a list of nodes"));
}

TEST_CASE("options out of range or of the wrong type are refused") {
  const auto with = [](const std::string& line) {
    return problems_of("[service]\n" + line + "\n" + kGood);
  };
  CHECK(has(with("buffer_size = 0"), "p.toml:2:15: buffer_size: 0 is below the minimum of 1000"));
  CHECK(has(with("buffer_size = \"many\""), "buffer_size: \"many\" is not a whole number"));
  CHECK(has(with("shutdown_timeout = 5"), "shutdown_timeout: expected a duration such as"));
  CHECK(has(with("shutdown_timeout = \"5\""), "\"5\" is not a duration such as"));
  CHECK(has(with("name = \"${NOT_SET}\""), "the environment variable NOT_SET is not set"));
  CHECK(has(with("name = \"1 2\""), "service.name"));
  CHECK(has(problems_of(kGood + "parallelism = 0\n"), "parallelism: 0 is below the minimum of 1"));
  CHECK(has(problems_of(kGood + "[logging]\nlevel = \"inf\"\n"),
            "level: \"inf\" is not one of debug, info, warning, error (did you mean \"info\"?)"));
}

TEST_CASE("a schema that doesn't fit an edge names both nodes and the column") {
  struct Needs {
    struct Options {};
    static penstock::Declaration declare() {
      return {.name = "needs", .summary = "t", .options = {}, .ports = {}, .metrics = {}};
    }
    static penstock::Schema input_schema(const Options&) {
      return {{"payload", penstock::format::kUtf8}, {"tine", penstock::format::kInt64}};
    }
    Needs(const Options&, penstock::Context&) {}
    penstock::Outcome process(const penstock::Batch&) { return {}; }
  };
  auto types = test_nodes::types();
  types["needs"] = penstock::sink<Needs>();
  const std::string problems =
      PipelineText(kGood + "[nodes.n]\nplugin=\"needs\"\ninputs=[\"middle\"]\n", types).problems;
  CHECK(has(problems,
            "\"middle\" doesn't fit \"n\" (needs): its column \"payload\" is binary, "
            "not utf8"));
}

TEST_CASE("a file that isn't TOML or isn't there says so") {
  CHECK(has(problems_of("[nodes\n"), "p.toml:1:7: not TOML"));
  penstock::engine::Problems problems("gone.toml");
  penstock::engine::PipelineFile("/nonexistent/gone.toml", penstock::engine::environment, problems);
  CHECK(has(problems.text(), "gone.toml: cannot be read: No such file or directory"));
}

TEST_CASE("sections that don't exist and nodes without a table are refused") {
  CHECK(has(problems_of("[node.x]\n" + kGood), "unknown section [node] (did you mean \"nodes\"?)"));
  CHECK(has(problems_of("[service]\n"), "there are no nodes"));
  CHECK(has(problems_of("nodes = 5\n"), "there are no nodes"));
  CHECK(has(problems_of("[nodes.\"a.b\"]\nplugin = \"counting\"\n"), "a node's name has no dot"));
}

TEST_CASE("a buffer belongs to a source") {
  CHECK(has(problems_of(kGood + "[nodes.middle.buffer]\nmax_bytes = \"1MiB\"\n"),
            "buffer: only sources have an intake"));
  CHECK(has(problems_of(kGood + "[nodes.in.buffer]\nmax_bytes = \"1kB\"\n"),
            "max_bytes: 1000B is below the minimum of 1MiB"));
}

TEST_CASE("a transform's inputs must be alike, a sink's need not") {
  CHECK(has(
      problems_of(kGood + "[nodes.m]\nplugin=\"passing\"\ninputs=[\"in\",\"middle.rejected\"]\n"),
      "has other columns than \"in\""));
  CHECK(problems_of(kGood + "[nodes.m]\nplugin=\"storing\"\ninputs=[\"in\",\"middle.rejected\"]\n")
            .empty());
}

TEST_CASE("a buffer's options are checked against each other") {
  const auto of = [](const std::string& buffer) {
    return problems_of("[nodes.in]\nplugin = \"counting\"\n[nodes.in.buffer]\n" + buffer +
                       "\n[nodes.out]\nplugin = \"storing\"\ninputs = [\"in\"]\n");
  };
  CHECK(of("type = \"disk\"\npath = \"/x\"\ndurability = \"machine\"\nsync_interval = \"1ms\"")
            .empty());
  CHECK(of("type = \"memory\"\nmax_bytes = \"1MiB\"").empty());
  CHECK(has(of("type = \"disk\""), "path is missing"));
  CHECK(has(of("path = \"/x\""), "p.toml:4:8: path: does nothing with type = \"memory\""));
  CHECK(has(of("durability = \"machine\""), "durability: \"machine\" needs type = \"disk\""));
  CHECK(has(of("type = \"disk\"\npath = \"/x\"\nsync_interval = \"1ms\""),
            "sync_interval: does nothing without durability = \"machine\""));
  CHECK(has(of("max_bytes = \"2MiB\"\nsegment_bytes = \"1MiB\""),
            "segment_bytes: is more than a quarter of max_bytes"));
  CHECK(of("max_bytes = \"2MiB\"\nsegment_bytes = \"512KiB\"").empty());
  CHECK(has(of("max_bytes = \"2MiB\"\nsegment_bytes = \"524289B\""),
            "segment_bytes: is more than a quarter of max_bytes"));
  CHECK(of("max_bytes = \"4GiB\"\nsegment_bytes = \"1MiB\"").empty());
  CHECK(has(of("max_bytes = \"4GiB\"\nsegment_bytes = \"1048575B\""),
            "segment_bytes: is less than 1/4096 of max_bytes"));
  CHECK(of("max_bytes = \"1MiB\"\nsegment_bytes = \"256KiB\"").empty());
  CHECK(has(of("max_bytes = \"1048575B\""), "max_bytes: 1048575B is below the minimum of 1MiB"));
}

TEST_CASE("two sources with one folder are refused") {
  const std::string problems = problems_of(R"([nodes.a]
plugin = "counting"
buffer = {type = "disk", path = "/x"}
[nodes.b]
plugin = "counting"
buffer = {type = "disk", path = "/x"}
[nodes.out]
plugin = "storing"
inputs = ["a", "b"]
)");
  CHECK(has(problems, "p.toml:6:33: path: /x is the intake of \"a\" already"));
}

TEST_CASE("the least safe intake that reaches a node is the node's") {
  const PipelineText text(R"([nodes.a]
plugin = "counting"
buffer = {type = "disk", path = "/x"}
[nodes.b]
plugin = "counting"
[nodes.middle]
plugin = "passing"
inputs = ["a"]
[nodes.out]
plugin = "storing"
inputs = ["middle", "b"]
)",
                          test_nodes::types());
  REQUIRE(text.pipeline);
  for (const auto& node : text.pipeline->nodes) {
    const bool disk = node.name == "a" || node.name == "middle";
    INFO(node.name);
    CHECK(node.intake == (disk ? PENSTOCK_INTAKE_DISK : PENSTOCK_INTAKE_MEMORY));
  }
}

TEST_CASE("a line is shown without what may be a secret, and with all else") {
  using namespace penstock::engine;
  const auto shown = [](const std::string& source, unsigned line = 1, bool hidden = false) {
    const Lookup lookup =
        knowing_secrets_of(source, Lookup([](const std::string&) { return std::nullopt; }));
    return shown_line(source, line, lookup, {.hidden = hidden}).text;
  };
  for (const char* plain :
       {"path = \"/run/secrets/x\"", "topics = [\"pass/x\", \"${API_TOKEN}/#\"]", "[nodes.a]",
        "port = \"${DB_PASSWORD}\"", "qos = \"${credential:db_password}\"", "rows = 5 # of ten"}) {
    CHECK(shown(plain) == plain);
  }
  CHECK(shown("password \"hunter2\"") == "password ***");
  CHECK(shown("\"password\": 'hunter2'") == "\"password\": ***");
  CHECK(shown("password = \"hunter2${A:-hunter3}\"") == "password = \"***${A:-***}\"");
  CHECK(shown("x = { user = \"u\", password = \"hunter2\" }") ==
        "x = { user = \"u\", password = ***");
  CHECK(shown("a = \"\"\"\nhunter2\n\"\"\"\nb = 1", 2) == "***");
  CHECK(shown("a = \"\"\"\nhunter2\n\"\"\"\nb = 1", 4) == "b = 1");
  CHECK(shown("token = [\n\"hunter2\",\n]", 2) == "***");
  CHECK(shown("a = [\n\"plain\",\n]", 2) == "\"plain\",");
  CHECK(shown("pin = \"hunter2\"", 1, true) == "pin = ***");
  CHECK(shown("password = \"${A}\"\nname = \"${A:-hunter2}\" x", 2) == "name = \"${A:-***}\" x");
}
