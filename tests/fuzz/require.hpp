// What a fuzz target claims of every input.
#pragma once

#include <cstdio>
#include <cstdlib>

#define REQUIRE(claim)                                                                \
  do {                                                                                \
    if (!(claim)) {                                                                   \
      std::fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #claim); \
      std::abort();                                                                   \
    }                                                                                 \
  } while (false)
