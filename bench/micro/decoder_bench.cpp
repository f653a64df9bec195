// CPU-seconds per million documented messages for the JSON decoder alone, on one thread.
// Prints the least of several rounds: noise only ever adds.
#include <penstock/builders.hpp>

#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "message_reader.hpp"

namespace {

double cpu_seconds() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

std::string message(int i, bool compact) {
  char text[256];
  std::snprintf(text, sizeof(text),
                compact ? R"({"v":%d.%03d,"q":"good","u":"°C","ts":1705314600%03d,)"
                          R"("device_id":"plc-%03d","tag_id":"temperature"})"
                        : R"({"value":%d.%03d,"quality":192,"unit":"°C",)"
                          R"("timestamp":"2024-01-15T10:30:00.%03dZ",)"
                          R"("device_id":"plc-%03d","tag_id":"temperature"})",
                10 + i % 90, i % 1000, i % 1000, i % 100);
  return text;
}

double round_of(bool compact, int batches) {
  constexpr int kRows = 1000;
  std::string payloads;
  std::vector<std::pair<size_t, size_t>> at;
  for (int i = 0; i < kRows; ++i) {
    const std::string text = message(i, compact);
    at.emplace_back(payloads.size(), text.size());
    payloads += text;
  }
  payloads.append(PENSTOCK_PADDING, ' ');
  json_decoder::MessageReader reader(
      json_decoder::FieldNames({"value", "v"}, {"quality", "q"}, {"timestamp", "ts"}, {"u:unit"}));
  const double begin = cpu_seconds();
  for (int batch = 0; batch < batches; ++batch) {
    json_decoder::PointBuilder points;
    points.reserve(kRows, kRows * 24, payloads.size());
    for (const auto& [start, size] : at) {
      const std::string reason =
          reader.read({payloads.data() + start, size}, "dev/plc-001/temperature", 0, points);
      if (!reason.empty()) std::abort();
    }
    ArrowArray rows = points.finish();
    rows.release(&rows);
  }
  return (cpu_seconds() - begin) * 1000 / batches;
}

}  // namespace

// Another number of batches of 1000 a round is for valgrind.
int main(int argc, char** argv) {
  constexpr int kRounds = 5;
  const int batches = argc > 1 ? std::atoi(argv[1]) : 2000;
  for (const bool compact : {false, true}) {
    double least = 1e9;
    for (int i = 0; i < kRounds; ++i) least = std::min(least, round_of(compact, batches));
    std::printf("decoder, %s message: %.3f CPU-seconds per million points\n",
                compact ? "compact" : "documented", least);
  }
}
