#include "observe/process_metrics.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace penstock::engine {
namespace {

double in_seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

double boot_time() {
  std::ifstream file("/proc/stat");
  std::string word;
  double value = 0;
  while (file >> word) {
    if (word == "btime" && file >> value) return value;
  }
  return 0;
}

}  // namespace

ProcessReading read_process() {
  ProcessReading reading;
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  reading.cpu_seconds = in_seconds(usage.ru_utime) + in_seconds(usage.ru_stime);

  const auto page = static_cast<double>(sysconf(_SC_PAGESIZE));
  double pages = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> pages >> resident;
  reading.virtual_bytes = pages * page;
  reading.resident_bytes = resident * page;

  std::error_code error;
  for (auto at = std::filesystem::directory_iterator("/proc/self/fd", error);
       at != std::filesystem::directory_iterator(); at.increment(error)) {
    ++reading.open_fds;
  }
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) reading.max_fds = static_cast<double>(limit.rlim_cur);

  // proc(5): after the command in brackets, field 20 is num_threads, field 22 starttime.
  std::ifstream file("/proc/self/stat");
  std::string text;
  std::getline(file, text);
  std::istringstream fields(text.substr(text.rfind(')') + 2));
  std::string field;
  for (int number = 3; fields >> field && number <= 22; ++number) {
    if (number == 20) reading.threads = std::stod(field);
    if (number == 22) {
      reading.start_time =
          boot_time() + std::stod(field) / static_cast<double>(sysconf(_SC_CLK_TCK));
    }
  }
  return reading;
}

}  // namespace penstock::engine
