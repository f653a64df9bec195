// `penstock graph`.
#include <iostream>

#include "commands/command_line.hpp"
#include "drawing/graph_svg.hpp"
#include "drawing/graph_text.hpp"

namespace penstock::engine {

namespace {

// "mermaid", "dot" or "svg".
int graph_command(const std::string& file, const std::string& format,
                  const CommonArguments& arguments) {
  // It may be drawn on another machine than it runs on.
  const LoadedPipeline loaded = load_changed(
      file, arguments, environment,
      [](PipelineFile& parsed, Catalog&, Problems&) { parsed.leave_ends_unchecked(); });
  std::cerr << loaded.problems.text();
  if (!loaded.pipeline) return 1;
  std::cout << (format == "svg"   ? svg_graph(*loaded.pipeline)
                : format == "dot" ? dot_graph(*loaded.pipeline)
                                  : mermaid_graph(*loaded.pipeline));
  return 0;
}

}  // namespace

void add_graph(CommandLine& line) {
  struct Arguments {
    std::string file, format = "mermaid";
  };
  const auto arguments = std::make_shared<Arguments>();
  CLI::App& graph =
      line.add("graph", "Print a pipeline's graph, as a picture or for another program",
               "graph pipelines/default.toml --format svg > graph.svg", [&line, arguments] {
                 return graph_command(arguments->file, arguments->format, line.common);
               });
  add_pipeline_file(graph, arguments->file);
  graph.add_option("--format", arguments->format, "mermaid, dot for Graphviz, or svg: a picture")
      ->transform(choice({"mermaid", "dot", "svg"}));
}

}  // namespace penstock::engine
