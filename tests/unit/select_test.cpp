// Queries over Arrow columns: pieces, rows that fail, and limits.
#include <penstock/column_layout.hpp>

#include <pthread.h>

#include <climits>

#include "analysis/query_error.hpp"
#include "analysis/syntax.hpp"
#include "catch.hpp"
#include "rows/select.hpp"

using penstock::FixedBuilder;
using penstock::TextBuilder;
using namespace sql;

namespace {

struct Failed {
  int64_t row;
  std::string state, message;
  bool operator==(const Failed&) const = default;
};

struct Outcome {
  std::vector<int64_t> sizes;                                 // of pieces
  std::vector<std::vector<std::optional<std::string>>> rows;  // as texts
  std::vector<Failed> rejected;
};

ArrowArray numbers(const std::vector<int32_t>& values) {
  FixedBuilder<int32_t> builder;
  for (const int32_t value : values) builder.push(value);
  penstock::Columns columns(1);
  columns.add(builder.finish());
  return penstock::make_rows(static_cast<int64_t>(values.size()), columns);
}

const penstock::Schema kNumbers{{"x", penstock::format::kInt32}};

Outcome run(const std::string& query, const penstock::Schema& schema, ArrowArray chunk,
            uint32_t most_rows = 100'000, bool keeps_rows = true) {
  Select select({query, most_rows, ResultForm::kTexts}, schema);
  Outcome outcome;
  select.run(
      chunk,
      [&](ArrowArray rows) {
        outcome.sizes.push_back(rows.length);
        for (int64_t row = 0; keeps_rows && row < rows.length; ++row) {
          auto& cells = outcome.rows.emplace_back();
          for (int64_t i = 0; i < rows.n_children; ++i) {
            const penstock::TextColumn column(*rows.children[i]);
            if (column.valid(row)) cells.emplace_back(column[row]);
            else cells.emplace_back();
          }
        }
        rows.release(&rows);
      },
      [&](const Rejected& rejected) {
        outcome.rejected.push_back(
            {rejected.row, rejected.failure.state, rejected.failure.message});
      });
  chunk.release(&chunk);
  return outcome;
}

int64_t sum(const std::vector<int64_t>& numbers) {
  int64_t sum = 0;
  for (const int64_t number : numbers) sum += number;
  return sum;
}

}  // namespace

TEST_CASE("rows that a row made before it failed do not leave") {
  // The second fails at its last, when pieces of its rows are full.
  const Outcome outcome =
      run("SELECT x, i, CASE WHEN x = 2 AND i = 25000 THEN 1 / (x - 2) END FROM input, "
          "generate_series(1, 25000) AS i",
          kNumbers, numbers({1, 2, 3}));
  REQUIRE(outcome.rejected == std::vector<Failed>{{1, "22012", "division by zero"}});
  REQUIRE(outcome.rows.size() == 50'000);
  for (size_t i = 0; i < outcome.rows.size(); ++i) {
    REQUIRE(outcome.rows[i][0] == (i < 25'000 ? "1" : "3"));
    REQUIRE(outcome.rows[i][1] == std::to_string(i % 25'000 + 1));
  }
}

TEST_CASE("what was made before a row that fails stays, piece by piece") {
  std::vector<int32_t> values(9'500);
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<int32_t>(i);
  // A run that begins in a piece with rows, fills it, and fails.
  values.back() = -1;
  const Outcome outcome = run(
      "SELECT x, i, 1 / (x + 1) FROM input, generate_series(1, CASE WHEN x > 9000 OR x < 0 THEN "
      "5 ELSE 1 END) AS i",
      kNumbers, numbers(values));
  REQUIRE(outcome.rejected.size() == 1);
  REQUIRE(outcome.rejected[0].row == 9'499);
  REQUIRE(outcome.rows.size() == 9'001 + 5 * 498);
  REQUIRE(outcome.rows.front()[0] == "0");
  REQUIRE(outcome.rows.back()[0] == "9498");
}

TEST_CASE("a piece has at most 10,000 rows") {
  const Outcome outcome =
      run("SELECT i FROM input, generate_series(1, 35000) AS i", kNumbers, numbers({1}));
  REQUIRE(sum(outcome.sizes) == 35'000);
  for (const int64_t size : outcome.sizes) REQUIRE(size <= 10'000);
}

TEST_CASE("a row of which FROM makes too many rows is rejected, even if WHERE leaves none") {
  const std::string reason = "more rows than max_rows_per_input = 1000";
  for (const char* where : {"", " WHERE i < 0", " WHERE j < 0"}) {
    const Outcome outcome = run(
        "SELECT i FROM input, generate_series(1, CASE WHEN x = 2 THEN 9000000000000000000 ELSE 2 "
        "END) AS i, generate_series(1, 3) AS j" +
            std::string(where),
        kNumbers, numbers({1, 2, 3}), 1'000);
    REQUIRE(outcome.rejected == std::vector<Failed>{{1, "54000", reason}});
    REQUIRE(outcome.rows.size() == (*where ? 0 : 12));
  }
}

TEST_CASE("more queries than a process has thread keys leave keys for others") {
  for (int i = 0; i < PTHREAD_KEYS_MAX + 10; ++i) parse("SELECT 1");
  pthread_key_t key;
  REQUIRE(pthread_key_create(&key, nullptr) == 0);
  pthread_key_delete(key);
}

TEST_CASE("a query with too many operators in one another is refused, and not tried") {
  const auto state_of = [](const std::string& query) -> std::string {
    try {
      Select({query}, kNumbers);
    } catch (const QueryError& error) {
      return error.state;
    }
    return "";
  };
  const auto chain = [](size_t operators) {
    std::string query = "SELECT x";
    for (size_t i = 0; i < operators; ++i) query += "+1";
    return query + " FROM input";
  };
  REQUIRE(state_of(chain(900)).empty());
  REQUIRE(state_of(chain(12'000)) == "54001");
  REQUIRE(state_of(chain(120'000)) == "54001");
  REQUIRE(state_of(chain(140'000)) == "54000");
}

TEST_CASE("rows that take much memory together leave in several runs") {
  const std::vector<int32_t> values(40, 5'000'000);
  const Outcome outcome = run("SELECT length(repeat('x', x)), repeat('y', x) FROM input", kNumbers,
                              numbers(values), 100'000, false);
  REQUIRE(outcome.rejected.empty());
  REQUIRE(sum(outcome.sizes) == 40);
}

TEST_CASE("a row that takes too much memory alone is rejected, and its neighbours are not") {
  const Outcome outcome = run("SELECT repeat('y', 10000000) FROM input, generate_series(1, x)",
                              kNumbers, numbers({1, 40, 2}), 100'000, false);
  REQUIRE(outcome.rejected.size() == 1);
  REQUIRE(outcome.rejected[0].row == 1);
  REQUIRE(outcome.rejected[0].state == "54000");
  REQUIRE(sum(outcome.sizes) == 3);
}

TEST_CASE("columns come and go by their types") {
  namespace format = penstock::format;
  const penstock::Schema schema{
      {"u8", format::kUint8},
      {"u64", format::kUint64},
      {"at", format::kTimestampUs},
      {"day", format::kDate32},
      {"js", format::kUtf8, true, penstock::extension::kJson},
      {"nu", format::kUtf8, true, "postgresql.numeric"},
  };
  FixedBuilder<uint8_t> u8;
  FixedBuilder<uint64_t> u64;
  FixedBuilder<int64_t> at;
  FixedBuilder<int32_t> day;
  TextBuilder js, nu;
  u8.push(255);
  u64.push(UINT64_MAX);
  at.push(1'700'000'000'123'456);
  day.push(19'000);
  js.push(R"({"b":[1, 2.50],"a":null})");
  nu.push("12.3400");
  u8.push(0);
  u64.push(0);
  at.push(INT64_MAX);
  day.push(INT32_MIN);
  js.push_null();
  nu.push_null();
  penstock::Columns columns(6);
  columns.add(u8.finish());
  columns.add(u64.finish());
  columns.add(at.finish());
  columns.add(day.finish());
  columns.add(js.finish());
  columns.add(nu.finish());
  const Outcome outcome = run("SELECT u8 + 1, u64 + 1, at, day, js, js->'b'->1, nu * 2 FROM input",
                              schema, penstock::make_rows(2, columns));
  using Cells = std::vector<std::optional<std::string>>;
  REQUIRE(outcome.rows[0] == Cells{"256", "18446744073709551616", "2023-11-14 22:13:20.123456+00",
                                   "2022-01-08", R"({"a": null, "b": [1, 2.50]})", "2.50",
                                   "24.6800"});
  REQUIRE(outcome.rows[1] ==
          Cells{"1", "1", "infinity", "-infinity", std::nullopt, std::nullopt, std::nullopt});
}
