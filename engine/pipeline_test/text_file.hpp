// A test in one text file: what it claims, then sections, each of which stands for a file of a
// case's folder (test_case.hpp). The format is that of Go's txtar.
//
//   # A message that is not JSON is rejected whole.
//   pipeline = "../default.toml"     as in case.toml; or there is a section pipeline.toml
//   -- input.ndjson --
//   {"topic":"t","payload":"no JSON"}
//   -- expected.ndjson --
//   …
#pragma once

#include <string>
#include <vector>

#include "config/result.hpp"

namespace penstock::engine {

struct TextSection {
  std::string name;
  size_t line = 0;  // of its "-- name --"; its text begins in the next
  std::string text;
};

struct TextFile {
  std::string head;  // TOML: what a case.toml has, and comments, of which the first is the claim
  std::vector<TextSection> sections;
};

// `name` is the file's. The error begins with "file:line".
Result<TextFile> parse_text_file(const std::string& text, const std::string& name);

std::string text_of(const TextFile& file);

// The first comment, without its #.
std::string claim_of(const TextFile& file);

}  // namespace penstock::engine
