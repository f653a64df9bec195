// Who listens on a TCP port of this machine, as far as /proc tells the asking user.
#pragma once

#include <string>

namespace penstock::engine {

struct PortHolder {
  std::string words;       // " by penstock (process 123)", " by a process of user x", or nothing
  bool is_engine = false;  // it is a Penstock
};

PortHolder find_port_holder(int port);

}  // namespace penstock::engine
