// A file that nobody but root and the running user can put another in the place of.
#pragma once

#include <string>

namespace penstock::engine {

struct TrustedPath {
  std::string path;   // without symbolic links, so that it leads to the same file from now on
  std::string fault;  // who else could change what on the way, and the command that ends it
};

// Looks at the file, at every folder above it and at every symbolic link on the way.
TrustedPath trusted_path(const std::string& path);

}  // namespace penstock::engine
