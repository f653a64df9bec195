// A pipeline from text and node types that the test itself defines.
#pragma once

#include <penstock/plugin.hpp>

#include <unistd.h>
#include <cstdlib>
#include <fstream>
#include <map>
#include <optional>
#include <string>

#include "config/pipeline_file.hpp"

struct PipelineText {
  std::string problems;
  std::optional<penstock::engine::PipelineDescription> pipeline;

  PipelineText(const std::string& text, const std::map<std::string, penstock_node_type>& types) {
    char path[] = "/tmp/penstock-test-XXXXXX";
    close(mkstemp(path));
    std::ofstream(path) << text;
    penstock::engine::Problems found("p.toml");
    const penstock::engine::PipelineFile file(
        path, [](const std::string&) { return std::nullopt; }, found);
    std::remove(path);
    if (file.readable()) {
      pipeline = file.describe(
          [&](const std::string& name) -> penstock::engine::FoundNodeType {
            const auto type = types.find(name);
            if (type == types.end()) {
              return penstock::engine::fail("no plugin named \"" + name + "\"");
            }
            return &type->second;
          },
          found);
    }
    problems = found.text();
  }
};
