// CPU-seconds per million rows for queries alone, on one thread: the least of several rounds, since
// noise only ever adds. `query_bench RUNS QUERY-NUMBER` runs one of them so often, for a profiler.
#include <penstock/builders.hpp>
#include <penstock/schema.hpp>

#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "rows/select.hpp"

namespace {

namespace format = penstock::format;
using penstock::FixedBuilder;
using penstock::TextBuilder;

constexpr int kRows = 10'000;

double cpu_seconds() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

// The documented message, or an object of two numbers.
std::string payload(int i, bool documented) {
  char text[256];
  std::snprintf(text, sizeof(text),
                documented ? R"({"value":%d.%03d,"quality":192,"unit":"°C",)"
                             R"("timestamp":"2024-01-15T10:30:00.%03dZ",)"
                             R"("device_id":"plc-%03d","tag_id":"temperature"})"
                           : R"({"temp":%d.%03d,"hum":%d})",
                10 + i % 90, i % 1000, documented ? i % 1000 : i % 100, i % 100);
  return text;
}

ArrowArray messages(bool documented) {
  TextBuilder topics, payloads;
  FixedBuilder<int64_t> received;
  for (int i = 0; i < kRows; ++i) {
    topics.push("dev/plc-001/temperature");
    payloads.push(payload(i, documented));
    received.push(1'700'000'000'000'000 + i);
  }
  penstock::Columns columns(3);
  columns.add(topics.finish());
  columns.add(payloads.finish());
  columns.add(received.finish());
  return penstock::make_rows(kRows, columns);
}

const penstock::Schema& point_schema() {
  static const penstock::Schema schema{{"time", format::kTimestampUs},
                                       {"topic", format::kUtf8},
                                       {"value", format::kFloat64, true},
                                       {"quality", format::kInt16}};
  return schema;
}

ArrowArray points() {
  FixedBuilder<int64_t> time;
  TextBuilder topic;
  FixedBuilder<double> value;
  FixedBuilder<int16_t> quality;
  for (int i = 0; i < kRows; ++i) {
    time.push(1'700'000'000'000'000 + i);
    topic.push("dev/plc-001/temperature");
    value.push(i % 100 + 0.5);
    quality.push(192);
  }
  penstock::Columns columns(4);
  columns.add(time.finish());
  columns.add(topic.finish());
  columns.add(value.finish());
  columns.add(quality.finish());
  return penstock::make_rows(kRows, columns);
}

struct Query {
  const char* name;
  const char* text;
  enum { kPoints, kDocumented, kObjects } over;
};
constexpr Query kQueries[]{
    {"points: a condition", "SELECT time, topic, value, quality FROM input WHERE value > 50",
     Query::kPoints},
    {"points: two expressions and a CASE",
     "SELECT time, topic, value * 1.8 + 32 AS f, quality & 3 AS bits, CASE WHEN value > 90 THEN "
     "'high' WHEN value < 10 THEN 'low' ELSE 'normal' END AS state FROM input",
     Query::kPoints},
    {"documented message to points",
     "SELECT (body->>'timestamp')::timestamptz AS time, topic, (body->'value')::float8 AS value, "
     "(body->'quality')::smallint AS quality, body->>'unit' AS unit FROM input",
     Query::kDocumented},
    {"object to two rows by jsonb_each",
     "SELECT received AS time, topic, m.key AS measurement, m.value::float8 AS value FROM input, "
     "jsonb_each(body) AS m",
     Query::kObjects},
};

double round_of(const Query& query, const ArrowArray& rows, const penstock::Schema& schema,
                int runs) {
  sql::Select select({query.text}, schema);
  const double begin = cpu_seconds();
  for (int i = 0; i < runs; ++i) {
    select.run(
        rows, [](ArrowArray piece) { piece.release(&piece); },
        [](const sql::Rejected& rejected) {
          std::fprintf(stderr, "%s\n", rejected.failure.message.c_str());
          std::abort();
        });
  }
  return (cpu_seconds() - begin) * 1e6 / kRows / runs;
}

}  // namespace

int main(int argc, char** argv) {
  const int runs = argc > 1 ? std::atoi(argv[1]) : 50;
  const int rounds = argc > 2 ? 1 : 5;
  ArrowArray over[]{points(), messages(true), messages(false)};
  for (const Query& query : kQueries) {
    if (argc > 2 && &query != kQueries + std::atoi(argv[2])) continue;
    const penstock::Schema schema =
        query.over == Query::kPoints ? point_schema() : penstock::message_schema();
    double least = 1e9;
    for (int i = 0; i < rounds; ++i)
      least = std::min(least, round_of(query, over[query.over], schema, runs));
    std::printf("%s: %.3f CPU-seconds per million rows\n", query.name, least);
  }
  for (ArrowArray& rows : over) rows.release(&rows);
}
