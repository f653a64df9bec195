#define CATCH_CONFIG_RUNNER
#include "catch.hpp"

#include <signal.h>
#include <sys/prctl.h>

int main(int argc, char** argv) {
  // It ends with who runs it, whatever a test waits for.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  return Catch::Session().run(argc, argv);
}
