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
  using Options = SelectOptions;
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
                option<&Options::on_error>(
                    "on_error",
                    {.help = "What to reject when the query fails for some of the rows that "
                             "FROM makes of a message: the whole message, or only the "
                             "elements of its JSON that fail.",
                     .default_value = "reject",
                     .choices = "reject,skip"}),
                option<&Options::result>(
                    "result", {.help = "How columns leave: as values, or all as PostgreSQL's texts "
                                       "of these.",
                               .default_value = "values",
                               .choices = "values,texts"}),
            },
        .ports = {{"out", "The rows of the result."}},
        .metrics = {{PENSTOCK_COUNTER, "sql_row_errors_total", "row_errors",
                     "Rows, or elements of their JSON, for which the query failed; they leave by "
                     "`rejected`."}},
        .rejects = true,
        .query = true,
    };
  }

  static void check(const Options& options, Report& report) {
    if (report.inputs.empty()) return;
    try {
      const Query query = query_over(options, report.inputs.front());
      result_schema(query.columns(), options.result);
      if (!query.is_explained()) return;
      for (const std::string& line : query.explain()) report.note(line);
      report.error_at("query", 0, "EXPLAIN gives no rows",
                      "Use it with penstock sql, to see what a query does.");
    } catch (const QueryError& error) {
      const auto at = static_cast<size_t>(std::max(error.location, 0));
      report.error_at("query", at, std::string(error.what()) + " (SQLSTATE " + error.state + ")",
                      error.hint);
    }
  }

  static Schema output_schema(const Options& options, uint32_t, const Schema& input) {
    return result_schema(query_over(options, input).columns(), options.result);
  }

  // All its inputs have the same columns.
  Node(const Options& options, Context& context)
      : context_(context), select_(options, context.inputs().at(0)) {}

  Outcome process(const Batch& batch) {
    for (size_t i = 0; i < batch.chunks(); ++i) {
      select_.run(
          batch.chunk(i), [&](ArrowArray rows) { context_.emit_from_chunk(0, rows, i); },
          [&](const Rejected& rejected) {
            const auto& [row, failure, part, column] = rejected;
            context_.add(kErrors);
            if (part)
              context_.reject_part(batch, i, row, column, *part, failure.message, failure.state);
            else context_.reject_row(batch, i, row, failure.message, failure.state);
          });
    }
    return Outcome::done();
  }

 private:
  static Query query_over(const Options& options, const Schema& input) {
    return {options.query, input_of(input).columns};
  }

  Context& context_;
  Select select_;
};

}  // namespace sql

PENSTOCK_PLUGIN("sql", penstock::transform<sql::Node>())
