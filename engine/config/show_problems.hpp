// Problems as `penstock check` shows them.
#pragma once

#include <string>
#include <vector>

#include "config/problems.hpp"

namespace penstock::engine {

// Each with the line that it lies in and a caret below its place. `colour`: for a terminal.
std::string problems_with_source(const Problems& problems, bool colour);

// What is said of a file without errors, after its warnings.
std::string passed_check(const std::string& file);

// An array of {file, line, column, severity, message}; line and column count from 1, and are 0 for
// the file as a whole.
std::string problems_as_json(const std::vector<Problems>& files);

}  // namespace penstock::engine
