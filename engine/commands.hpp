// What each command of the command line does. Each returns the process's exit code.
#pragma once

#include <string>

#include "http/client.hpp"
#include "loaded_pipeline.hpp"
#include "plugin/starter_file.hpp"

namespace penstock::engine {

// 0 after a stop in which everything accepted was written; 1 when it could not start;
// 2 when `shutdown_timeout` passed with something unwritten that is not on disk.
int run_command(const std::string& file, const CommonArguments& arguments);
// Asks a running engine to take its changed file: 0 when it has, 1 with the reason why not.
// `process` 0: the only one that runs here.
int reload_command(int process);
// 0, or 1 with every error; warnings besides. `json`: as a JSON array, for editors and CI.
int check_command(const std::vector<std::string>& files, bool json,
                  const CommonArguments& arguments);
// Runs the test cases in folders; 0 when all pass. `update`: writes what came as what is expected.
int test_command(const std::vector<std::string>& folders, bool update,
                 const CommonArguments& arguments);
// Shows an intake's folder, or its messages as NDJSON.
int intake_command(const std::string& folder, bool dump);
// Prints the graph: "mermaid", "dot" or "svg".
int graph_command(const std::string& file, const std::string& format,
                  const CommonArguments& arguments);
// Prints a pipeline file to begin with.
int init_command(const StarterParts& parts, const CommonArguments& arguments);
// Writes the reference pages into `folder`, with `commands` as the page of the command line.
int reference_command(const std::string& folder, const std::string& commands,
                      const CommonArguments& arguments);
// Prints the JSON Schema of the pipeline file; 1 when a plugin could not be opened.
int schema_command(const CommonArguments& arguments);
// Lists the plugins, or describes one.
int plugins_command(const std::string& name, const CommonArguments& arguments);
// Puts dead letters through a pipeline's node once more. 0 when each is stored or rejected anew,
// 2 when it was interrupted and there is more to replay, 1 after an error.
int replay_command(const std::string& file, const std::vector<std::string>& letters,
                   const std::string& into, const CommonArguments& arguments);
// Takes what waits in a session that the outside keeps for a source that is gone, and ends it.
// `node`: the source whose kind of session it is; "": the only one. Exit codes as of a replay.
int sessions_command(const std::string& file, const std::string& session, const std::string& node,
                     const CommonArguments& arguments);
// Prints rows as they pass a node of a running engine, "node" or "node.port".
int tap_command(const std::string& port, size_t limit, double rate, const HttpPlace& place);
// Asks a running engine, or anything else that speaks HTTP: 0 when the answer is 2xx.
int health_command(const HttpPlace& place);

}  // namespace penstock::engine
