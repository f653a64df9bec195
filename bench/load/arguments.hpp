// What mqtt_load is asked to do.
#pragma once

#include <csignal>
#include <cstdint>
#include <string>

namespace mqtt_load {

struct Arguments {
  std::string host = "127.0.0.1", port = "1883", user, password, acknowledged;
  int64_t points = 0, devices = 10, window = 500;
  int64_t broken_every = 0, refused_every = 0;
  double rate = 0;
  bool compact = false, sequence = false, serve = false, sessions = false;
};

inline volatile std::sig_atomic_t g_stop = 0;

}  // namespace mqtt_load
