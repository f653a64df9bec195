// What the kernel says about this process.
#pragma once

namespace penstock::engine {

struct ProcessReading {
  double cpu_seconds = 0;
  double resident_bytes = 0;
  double virtual_bytes = 0;
  double open_fds = 0;
  double max_fds = 0;
  double threads = 0;
  double start_time = 0;  // seconds since 1970
};

ProcessReading read_process();

}  // namespace penstock::engine
