// Messages that don't get through: some that no decoder understands, some that only the database
// refuses.
#pragma once

#include <string>

#include "arguments.hpp"

namespace mqtt_load {

// What becomes of message `number`.
inline std::string spoilt(std::string payload, int64_t number, const Arguments& arguments) {
  const auto is_turn = [&](int64_t every) { return every > 0 && number % every == every / 2; };
  if (is_turn(arguments.refused_every)) {
    payload.pop_back();
    return payload + ",\"n\":1e400000}";  // more than numeric, and so jsonb, holds
  }
  if (is_turn(arguments.broken_every)) {
    // A number at its end stays readable for whoever counts.
    return payload.substr(0, arguments.sequence ? payload.size() - 1 : payload.size() / 2);
  }
  return payload;
}

}  // namespace mqtt_load
