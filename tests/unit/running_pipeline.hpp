// A running pipeline of the test nodes.
#pragma once

#include "catch.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "becomes.hpp"
#include "flow/source_node.hpp"
#include "pipeline/pipeline.hpp"
#include "pipeline_text.hpp"
#include "test_nodes.hpp"

namespace test_nodes {

using engine::Node;
using engine::Pipeline;
using engine::why_not;
using namespace std::chrono_literals;

struct Run {
  std::map<std::string, penstock_node_type> types;
  PipelineText text;
  std::unique_ptr<Pipeline> pipeline;

  explicit Run(const std::string& toml,
               std::map<std::string, penstock_node_type> node_types = test_nodes::types())
      : types(std::move(node_types)), text(toml, types) {
    INFO(text.problems);
    REQUIRE(text.pipeline);
    world.reset();
    test_nodes::Counting::last_acknowledged = 0;
    pipeline = std::make_unique<Pipeline>(std::move(*text.pipeline));
    const auto prepared = pipeline->prepare();
    INFO(why_not(prepared));
    REQUIRE(prepared);
  }
  // Runs until the sources end by themselves and everything is done.
  void to_the_end() {
    pipeline->start();
    REQUIRE(becomes([&] { return pipeline->sources_finished(); }));
    stop();
  }
  void stop() {
    pipeline->stop_sources();
    REQUIRE(becomes([&] { return pipeline->drain(); }));
    pipeline->stop_lanes();
  }
  const Node& node(const std::string& name) const {
    for (const auto& each : pipeline->nodes()) {
      if (each->name() == name) return *each;
    }
    throw std::out_of_range(name);
  }
};

inline std::string counting(int count) {
  return "[nodes.in]\nplugin = \"counting\"\ncount = " + std::to_string(count) + "\n";
}

// `in` → `middle` → `out`, where `inputs` is what `out` reads, and `options` are the middle's.
inline std::string chain(int count, const std::string& options = "",
                         const std::string& inputs = "\"middle\"",
                         const std::string& middle = "passing",
                         const std::string& out = "storing") {
  return counting(count) + "[nodes.middle]\nplugin = \"" + middle + "\"\n" + options +
         "\ninputs = [\"in\"]\n[nodes.out]\nplugin = \"" + out + "\"\ninputs = [" + inputs + "]\n";
}

// Whether each of the messages 0 … count-1 is stored `times` times.
inline bool stored_each(int count, size_t times) {
  for (int i = 0; i < count; ++i) {
    if (world.stored.count(std::to_string(i)) != times) return false;
  }
  return world.stored.size() == static_cast<size_t>(count) * times;
}

}  // namespace test_nodes
