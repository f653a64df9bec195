// sql: one SELECT, in PostgreSQL's SQL, over the rows that come in.
#include <penstock/plugin.hpp>

#include <string>

#include "analysis/query_error.hpp"
#include "rows/column_types.hpp"
#include "rows/select.hpp"

namespace sql {

using namespace penstock;

class Node {
 public:
  struct Options {
    std::string query;
    int64_t max_rows_per_input = 0;
    ResultForm result = ResultForm::kValues;
  };
  enum Metrics : uint32_t { kErrors };

  static Declaration declare() {
    return {
        .name = "sql",
        .summary = "Makes of rows what a SELECT says, in PostgreSQL's SQL.",
        .options =
            {
                option<&Options::query>(
                    "query", {.help = "SELECT … FROM input. The columns of messages are topic, "
                                      "payload, received, and text and body, the payload as text "
                                      "and as jsonb.",
                              .required = true}),
                option<&Options::max_rows_per_input>(
                    "max_rows_per_input",
                    {.help = "The most rows that FROM may make of one; a row beyond it leaves by "
                             "`rejected`.",
                     .default_value = "100000",
                     .unit = "rows",
                     .min = 1,
                     .max = 10'000'000}),
                option<&Options::result>(
                    "result", {.help = "How columns leave: as values, or all as PostgreSQL's texts "
                                       "of these.",
                               .default_value = "values",
                               .choices = "values,texts"}),
            },
        .ports = {{"out", "The rows of the result."}},
        .metrics = {{PENSTOCK_COUNTER, "sql_row_errors_total", "row_errors",
                     "Rows for which the query failed; they leave by `rejected`."}},
        .rejects = true,
        .query = true,
    };
  }

  static void check(const Options& options, Report& report) {
    if (report.inputs.empty()) return;
    try {
      output_schema(options, 0, report.inputs.front());
    } catch (const QueryError& error) {
      const auto at = static_cast<size_t>(std::max(error.location, 0));
      report.error_at("query", at, std::string(error.what()) + " (SQLSTATE " + error.state + ")",
                      error.hint);
    }
  }

  static Schema output_schema(const Options& options, uint32_t, const Schema& input) {
    return result_schema(Query(options.query, input_of(input).columns).columns(), options.result);
  }

  // All its inputs have the same columns.
  Node(const Options& options, Context& context)
      : context_(context),
        select_(options.query, context.inputs().at(0), options.result,
                static_cast<uint32_t>(options.max_rows_per_input)) {}

  Outcome process(const Batch& batch) {
    for (size_t i = 0; i < batch.chunks(); ++i) {
      select_.run(
          batch.chunk(i), [&](ArrowArray rows) { context_.emit_from_chunk(0, rows, i); },
          [&](int64_t row, const Failure& failure) {
            context_.add(kErrors);
            context_.reject_row(batch, i, row, failure.message, failure.state);
          });
    }
    return Outcome::done();
  }

 private:
  Context& context_;
  Select select_;
};

}  // namespace sql

PENSTOCK_PLUGIN("sql", penstock::transform<sql::Node>())
