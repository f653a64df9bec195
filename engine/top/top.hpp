// `penstock top`: a running engine in a terminal.
#pragma once

#include <string>

namespace penstock::engine {

// `url` is the engine's http://host:port. Shows it once a second until q is pressed; with `once`,
// or where there is no terminal, once as plain text. 1: it did not answer.
int top(const std::string& url, bool once);

}  // namespace penstock::engine
