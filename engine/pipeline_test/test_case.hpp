// What a pipeline is to make of what comes in, in the files of a folder:
//
//   pipeline.toml            the pipeline, or
//   case.toml                  pipeline = "../default.toml", and [variables] for its ${NAME}
//   input.ndjson             the messages; input.NODE.ndjson where there are several sources
//   expected.ndjson          the rows that the one sink is given
//   expected.NODE.ndjson     the rows that this sink is given, or that leave this node
//   expected.NODE.PORT.ndjson  the rows that leave by this port
//   check                    what `penstock check` says of the pipeline; … is any text in a line
//
// Or in one file NAME.test, whose sections are these files (text_file.hpp).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/result.hpp"
#include "pipeline_test/text_file.hpp"

namespace penstock::engine {

// A file of a case, as people are told of it.
struct CaseFile {
  std::string path;  // absolute
  std::string name;
  size_t before = 0;  // lines of `name` before the first of the file

  // "file:line"; without a line the file, or where its section begins.
  std::string place(size_t line = 0) const;
};

struct TestCase {
  std::string name;    // its folder or file
  std::string folder;  // absolute; in which the files of the pipeline are looked for
  std::string claim;   // of a text file
  CaseFile pipeline;
  std::string pipeline_as_written;               // what `check` calls it
  std::map<std::string, std::string> variables;  // before those of the environment
  std::map<std::string, CaseFile> inputs;        // source ("": the only one) → file
  std::map<std::string, CaseFile> expected;      // node or node.port ("": the only sink) → file
  std::optional<CaseFile> check;
};

// The cases at `path` or below: folders that hold one, and text files; sorted.
std::vector<std::string> find_cases(const std::string& path);
bool is_text_case(const std::string& path);

Result<TestCase> read_case(const std::string& folder);
// Of a text file that is laid out in `folder`; `name` is the file's.
Result<TestCase> read_text_case(const TextFile& file, const std::string& name,
                                const std::string& folder);

}  // namespace penstock::engine
