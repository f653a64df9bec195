#include "stage.hpp"

#include <cstdlib>

#include "blame.hpp"

namespace timescale_sink {

std::string begin_stage_sql(const Statements& statements) {
  return "SET CONSTRAINTS ALL IMMEDIATE;" + statements.create_stage() +
         ";CREATE TEMPORARY TABLE penstock_refused (number int, state text, col text, message text)"
         " ON COMMIT DROP";
}

// WHEN OTHERS takes neither a cancelled statement nor a failed assertion (PostgreSQL "PL/pgSQL",
// "Trapping Errors").
std::string store_staged_sql(const Statements& statements, int64_t rows) {
  return "DO $store$\n"
         "#variable_conflict use_column\n"
         "DECLARE\n"
         "  p_pending int[] := ARRAY[0, " +
         std::to_string(rows - 1) +
         "];\n"
         "  p_first int; p_last int; p_middle int; p_count bigint; p_stored bigint := 0;\n"
         "  p_state text; p_message text; p_column text; p_constraint text;\n"
         "BEGIN\n"
         "  WHILE cardinality(p_pending) > 0 LOOP\n"
         "    p_first := p_pending[1]; p_last := p_pending[2]; p_pending := p_pending[3:];\n"
         "    BEGIN\n"
         "      " +
         statements.insert_from_stage("p_first", "p_last") +
         ";\n"
         "      GET DIAGNOSTICS p_count = ROW_COUNT;\n"
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
         "  END LOOP;\n"
         "  INSERT INTO pg_temp.penstock_refused VALUES (-1, '', '', p_stored::text);\n"
         "END $store$;\n"
         "SELECT number, state, col, message FROM pg_temp.penstock_refused ORDER BY number";
}

StagedResult staged_result(const PGresult* result) {
  StagedResult all;
  for (int row = 0; row < PQntuples(result); ++row) {
    const auto text = [&](int column) { return PQgetvalue(result, row, column); };
    const int64_t number = std::atoll(text(0));
    if (number < 0) all.stored = std::atoll(text(3));
    else all.refusals.push_back({number, text(1), text(2), text(3)});
  }
  return all;
}

}  // namespace timescale_sink
