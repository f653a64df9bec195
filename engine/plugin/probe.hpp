// Whether a library survives being loaded.
#pragma once

#include <string>

namespace penstock::engine {

// Loads the library in a child process first, since what its static constructors throw or
// do wrong cannot be caught: dlopen has no way to pass an exception on, and ends the process.
// Returns why it did not survive, or nothing. The child is a fork, so in a process with threads, as
// at a reload, only what is not loaded yet is worth it.
std::string probe_library(const std::string& path);

}  // namespace penstock::engine
