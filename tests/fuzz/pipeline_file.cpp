// Any text as a pipeline file: it gives a pipeline, or errors that say where and what.
#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "config/pipeline_file.hpp"
#include "config/show_problems.hpp"
#include "require.hpp"
#include "test_nodes.hpp"

using namespace penstock::engine;

namespace {

// A file without a folder.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view text) : fd_(memfd_create("pipeline", MFD_CLOEXEC)) {
    REQUIRE(write(fd_, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  ~MemoryFile() { close(fd_); }
  std::string path() const { return "/proc/self/fd/" + std::to_string(fd_); }

 private:
  int fd_;
};

std::optional<std::string> lookup(const std::string& name) {
  if (name == "EMPTY") return "";
  if (name == "SET") return "7${EMPTY}";
  return std::nullopt;
}

FoundNodeType find(const std::string& name) {
  static const auto types = test_nodes::types();
  const auto type = types.find(name);
  if (type == types.end()) return fail("no plugin named \"" + name + "\"");
  return &type->second;
}

void require_connected(const PipelineDescription& pipeline) {
  REQUIRE(!pipeline.nodes.empty());
  for (size_t i = 0; i < pipeline.nodes.size(); ++i) {
    const NodeDescription& node = pipeline.nodes[i];
    REQUIRE(node.type != nullptr && node.parallelism >= 1);
    REQUIRE(node.values.values().size() == node.type->option_count);
    REQUIRE((node.type->kind == PENSTOCK_SOURCE) == node.inputs.empty());
    for (const InputDescription& input : node.inputs) {
      REQUIRE(input.node < i);
      REQUIRE(input.port < pipeline.nodes[input.node].ports.size());
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  // It would read what lies on this machine.
  if (text.find("file:") != std::string_view::npos) return 0;
  const MemoryFile content(text);
  Problems problems("pipeline.toml");
  const PipelineFile file(content.path(), lookup, problems);
  std::optional<PipelineDescription> pipeline;
  if (file.readable()) pipeline = file.describe(find, problems);
  REQUIRE(pipeline.has_value() == problems.empty());
  for (const Problem& problem : problems.list()) {
    REQUIRE(!problem.message.empty());
    problems.source_line(problem);
  }
  problems.text();
  if (pipeline) require_connected(*pipeline);
  return 0;
}
