// Reading a pipeline file, in two steps: first what the engine needs to find plugins, then
// all that depends on them.
#pragma once

#include <toml++/toml.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/interpolate.hpp"
#include "config/pipeline_description.hpp"
#include "config/problems.hpp"

namespace penstock::engine {

// What replaces other systems in a test: files by the names of nodes, and of further ports to read.
struct TestFiles {
  std::map<std::string, std::string> sources, sinks, ports;
};

// Some of a file's dead letters, that go back the same way.
struct ReplayPart {
  std::string name;     // of the source that reads them
  std::string path;     // of the file
  int64_t until = 0;    // where it ended when the replay began, in bytes
  std::string folder;   // of the source's intake
  std::string node;     // the one that rejected them; "": any
  bool rows = false;    // else messages
  std::string columns;  // of rows, as the letters have them
  std::string into;     // the node that takes them
};

// A session that a source is to end.
struct SessionPart {
  std::string node;     // the source
  std::string option;   // of it, that names the session
  std::string session;  // its name
  std::string folder;   // of the intake that takes what waits in it
};

// The plugins that the engine reads and writes files with: see PENSTOCK_NODE_FILE.
struct FilePlugins {
  std::string source, sink;
  std::string letters;  // of rows: see PENSTOCK_NODE_LETTERS
};

class PipelineFile {
 public:
  // Reads and parses `path`. With problems (unreadable, not TOML) the file is empty.
  PipelineFile(const std::string& path, const Lookup& lookup, Problems& problems);

  bool readable() const { return readable_; }
  const ServiceOptions& service() const { return service_; }

  std::vector<std::string> node_names() const;
  // Replaces the sources by dead letters, and what the node that takes them reads by these. Nodes
  // that nothing from there reaches are left out, and so is the HTTP listener.
  void replay(const ReplayPart& part, const FilePlugins& plugins, Problems& problems);
  // Leaves the one source that ends the session, and what it reaches, without the HTTP listener.
  void end_session(const SessionPart& part, Problems& problems);

  // Sources, sinks and the listener will not run here, so what they find on this machine doesn't
  // count.
  void leave_ends_unchecked() { ends_are_checked_ = false; }
  // Replaces sources and sinks by files, and leaves out the HTTP listener. Of a file that has no
  // errors.
  void put_to_test(const TestFiles& files, const FilePlugins& plugins);

  // The whole pipeline; nothing when there are problems.
  std::optional<PipelineDescription> describe(const FindNodeType& find, Problems& problems) const;

  // Tries what the nodes need of other systems; adds errors, warnings and notes.
  void check_outside(const PipelineDescription& pipeline, Problems& problems) const;

 private:
  Lookup knowing_secrets(const FindNodeType& find) const;

  std::string path_;
  Lookup lookup_;
  toml::table root_;
  bool readable_ = false;
  bool ends_are_checked_ = true;
  std::string ends_session_;  // the node that does
  ServiceOptions service_;
};

}  // namespace penstock::engine
