#include "stage.hpp"

#include <cstdlib>

#include "blame.hpp"
#include "identifier.hpp"

namespace timescale_sink {

std::string begin_stage_sql(const Statements& statements) {
  return "SET CONSTRAINTS ALL IMMEDIATE;" + statements.create_stage() +
         ";CREATE TEMPORARY TABLE penstock_refused (number int, state text, col text, message text)"
         " ON COMMIT DROP";
}

// WHEN OTHERS catches neither a cancelled statement nor a failed assertion (PostgreSQL "PL/pgSQL",
// "Trapping Errors"). Row -1 of penstock_refused holds the ranges that are left, the number of
// stored rows, and that number when rows with a foreign key violation were last retried: these may
// refer to later rows of the batch, so they are retried, last first, as long as that stores some.
// Deferred triggers are fired while their row is known. A refusal can take the server long, for
// instance to create a chunk and roll it back, so the search runs in slices shorter than
// statement_timeout.
std::string store_staged_sql(const Statements& statements, int64_t rows,
                             const std::string& restore) {
  const std::string last = std::to_string(rows - 1);
  const std::string begin = "INSERT INTO pg_temp.penstock_refused SELECT -1, '{0," + last +
                            "}', '0', '0' WHERE NOT EXISTS (SELECT FROM pg_temp.penstock_refused);";
  const std::string body =
      "#variable_conflict use_column\n"
      "DECLARE\n"
      "  p_end timestamptz := clock_timestamp() + interval '10 s';\n"
      "  p_pending int[]; p_first int; p_last int; p_middle int; p_count bigint; p_stored bigint;\n"
      "  p_before bigint;\n"
      "  p_state text; p_message text; p_column text; p_constraint text;\n"
      "BEGIN\n"
      "  SELECT state::int[], col::bigint, message::bigint INTO p_pending, p_before, p_stored\n"
      "    FROM pg_temp.penstock_refused WHERE number = -1;\n"
      "  WHILE cardinality(p_pending) > 0 AND clock_timestamp() < p_end LOOP\n"
      "    p_first := p_pending[1]; p_last := p_pending[2]; p_pending := p_pending[3:];\n"
      "    BEGIN\n"
      "      " +
      statements.insert_from_stage("p_first", "p_last") +
      ";\n"
      "      GET DIAGNOSTICS p_count = ROW_COUNT;\n"
      "      SET CONSTRAINTS ALL IMMEDIATE; " +
      restore +
      "\n"
      "      p_stored := p_stored + p_count;\n"
      "    EXCEPTION WHEN OTHERS OR assert_failure THEN\n"
      "      GET STACKED DIAGNOSTICS p_state = RETURNED_SQLSTATE, p_message = MESSAGE_TEXT,\n"
      "        p_column = COLUMN_NAME, p_constraint = CONSTRAINT_NAME;\n"
      "      IF " +
      blames_server_sql("p_state") +
      " THEN RAISE; END IF;\n"
      "      IF p_first = p_last THEN\n"
      "        INSERT INTO pg_temp.penstock_refused VALUES (p_first, p_state,\n"
      "          COALESCE(NULLIF(p_column, ''), NULLIF(p_constraint, ''), ''), p_message);\n"
      "      ELSE\n"
      "        p_middle := (p_first + p_last) / 2;\n"
      "        p_pending := ARRAY[p_first, p_middle, p_middle + 1, p_last] || p_pending;\n"
      "      END IF;\n"
      "    END;\n"
      "    IF cardinality(p_pending) = 0 AND p_stored > p_before THEN\n"
      "      p_before := p_stored;\n"
      "      WITH again AS (DELETE FROM pg_temp.penstock_refused WHERE state = '23503' RETURNING "
      "number)\n"
      "        SELECT coalesce(array_agg(x ORDER BY number DESC), '{}') INTO p_pending\n"
      "        FROM again CROSS JOIN LATERAL (VALUES (number), (number)) AS pair (x);\n"
      "    END IF;\n"
      "  END LOOP;\n"
      "  UPDATE pg_temp.penstock_refused SET state = p_pending::text, col = p_before::text,\n"
      "    message = p_stored::text WHERE number = -1;\n"
      "END";
  return begin + "DO " + dollar_quoted(body) +
         ";SELECT number, state, col, message FROM pg_temp.penstock_refused ORDER BY number";
}

StagedResult staged_result(const PGresult* result) {
  StagedResult all;
  for (int row = 0; row < PQntuples(result); ++row) {
    const auto text = [&](int column) { return std::string(PQgetvalue(result, row, column)); };
    const int64_t number = std::atoll(text(0).c_str());
    if (number < 0) {
      all.is_done = text(1) == "{}";
      all.stored = std::atoll(text(3).c_str());
    } else {
      all.refusals.push_back({number, text(1), text(2), text(3)});
    }
  }
  return all;
}

}  // namespace timescale_sink
