// A folder that says what a pipeline is to make of what comes in.
//
//   pipeline.toml            the pipeline, or
//   case.toml                  pipeline = "../default.toml", and [variables] for its ${NAME}
//   input.ndjson             the messages; input.NODE.ndjson where there are several sources
//   expected.ndjson          the rows that the one sink is given
//   expected.NODE.ndjson     the rows that this sink is given, or that leave this node
//   expected.NODE.PORT.ndjson  the rows that leave by this port
#pragma once

#include <map>
#include <string>
#include <vector>

namespace penstock::engine {

struct TestCase {
  std::string folder;
  std::string pipeline;                          // the file
  std::map<std::string, std::string> variables;  // before those of the environment
  std::map<std::string, std::string> inputs;     // source ("": the only one) → file
  std::map<std::string, std::string> expected;   // node or node.port ("": the only sink) → file
};

// The folders below `folder`, itself among them, that hold a case; sorted.
std::vector<std::string> find_cases(const std::string& folder);
// Nothing is wrong where `error` stays empty.
TestCase read_case(const std::string& folder, std::string& error);

}  // namespace penstock::engine
