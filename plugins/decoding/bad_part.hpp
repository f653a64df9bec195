#pragma once

#include <string>

namespace decoding {

// The message with nothing in it but the parts that can't be read.
struct BadPart {
  std::string payload;  // empty: there is none
  std::string reason;   // of the first, and how many more there are

  void clear() {
    payload.clear();
    reason.clear();
  }
};

}  // namespace decoding
