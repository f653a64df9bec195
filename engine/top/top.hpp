// `penstock top`: a running engine in a terminal.
#pragma once

#include "http/client.hpp"

namespace penstock::engine {

// Shows the engine once a second until q is pressed; with `once`, or where there is no terminal,
// once as plain text. 1: it did not answer.
int top(const HttpPlace& place, bool once);

}  // namespace penstock::engine
