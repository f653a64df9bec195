#include "plugin_verify/findings.hpp"

#include <unistd.h>

#include <cstdlib>

namespace penstock::engine {

void Findings::write(char kind, const std::string& what) {
  std::string line = kind + what;
  if (kind != '@' && !told_.insert(line).second) return;
  for (char& c : line) c = c == '\n' ? ' ' : c;
  line += '\n';
  // To nobody: the one who asked is gone.
  if (::write(to_, line.data(), line.size()) != static_cast<ssize_t>(line.size())) _exit(2);
}

}  // namespace penstock::engine
