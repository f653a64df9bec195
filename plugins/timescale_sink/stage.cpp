#include "stage.hpp"

#include <cstdlib>

#include "copy_encoder.hpp"
#include "identifier.hpp"

namespace timescale_sink {
namespace {

std::string joined(const std::vector<std::string>& names, const char* before = "") {
  std::string text;
  for (const std::string& name : names) {
    text += (text.empty() ? "" : ", ") + std::string(before) + quoted_table(name);
  }
  return text;
}

// Texts are staged as bytes: where the database's encoding lacks a character, the row that has it
// is refused, not the batch. Of several staged rows with one key the last counts: ON CONFLICT would
// refuse to update a row twice in one statement.
std::string select(OnConflict on_conflict, const std::vector<std::string>& key) {
  const bool one_a_key = on_conflict == OnConflict::kUpdate;
  return std::string("SELECT ") + (one_a_key ? "DISTINCT ON (" + joined(key, "s.") + ") " : "") +
         "s.time, convert_from(s.topic, 'UTF8'), s.value, convert_from(s.value_str, 'UTF8'), "
         "s.quality, convert_from(s.metadata, 'UTF8')::jsonb FROM " +
         Stage::kTable + " s WHERE s.n BETWEEN first AND last ORDER BY " +
         (one_a_key ? joined(key, "s.") + ", s.n DESC" : "s.n");
}

std::string conflict_clause(OnConflict on_conflict, const std::vector<std::string>& key) {
  if (on_conflict == OnConflict::kError) return "";
  const std::string clause = " ON CONFLICT (" + joined(key) + ") DO ";
  if (on_conflict == OnConflict::kIgnore) return clause + "NOTHING";
  std::string set;
  for (const char* column : kColumns) {
    set += (set.empty() ? "" : ", ") + std::string(column) + " = excluded." + column;
  }
  return clause + "UPDATE SET " + set;
}

// What blames a row, as Connection knows it: data_exception (class 22), integrity_constraint_
// violation (23), with_check_option_violation (44), program_limit_exceeded (54), and what a trigger
// raises.
constexpr const char* kBlame =
    "data_exception OR integrity_constraint_violation OR with_check_option_violation OR "
    "program_limit_exceeded OR raise_exception OR assert_failure OR cardinality_violation";

}  // namespace

Stage::Stage(const std::string& table, OnConflict on_conflict, const std::vector<std::string>& key)
    : copy_(std::string("COPY ") + kTable + " (n, " + kColumnList +
            ") FROM STDIN (FORMAT binary)") {
  const std::string insert = "INSERT INTO " + table + " (" + kColumnList + ") " +
                             select(on_conflict, key) + conflict_clause(on_conflict, key);
  const std::string function =
      "CREATE FUNCTION pg_temp.penstock_store(first int, last int) "
      "RETURNS TABLE (number int, state text, col text, message text) LANGUAGE plpgsql AS $store$\n"
      "DECLARE named text; constrained text; middle int;\n"
      "BEGIN\n"
      "  BEGIN\n"
      "    " +
      insert +
      ";\n"
      "    RETURN;\n"
      "  EXCEPTION WHEN " +
      kBlame +
      " THEN\n"
      "    IF first = last THEN\n"
      "      GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT,\n"
      "        named = COLUMN_NAME, constrained = CONSTRAINT_NAME;\n"
      "      number := first;\n"
      "      col := COALESCE(NULLIF(named, ''), NULLIF(constrained, ''), '');\n"
      "      RETURN NEXT;\n"
      "      RETURN;\n"
      "    END IF;\n"
      "  END;\n"
      "  middle := (first + last) / 2;\n"
      "  RETURN QUERY SELECT * FROM pg_temp.penstock_store(first, middle);\n"
      "  RETURN QUERY SELECT * FROM pg_temp.penstock_store(middle + 1, last);\n"
      "END $store$";
  // Constraints that wait for COMMIT would refuse the batch when no row can be told any more.
  prepare_ =
      std::string(
          "SET CONSTRAINTS ALL IMMEDIATE;DO $prepare$ BEGIN "
          "IF to_regclass('") +
      kTable +
      "') IS NULL THEN "
      "CREATE TEMPORARY TABLE penstock_stage (n int PRIMARY KEY, time timestamptz, topic bytea,"
      " value float8, value_str bytea, quality int2, metadata bytea) ON COMMIT DELETE ROWS;" +
      function + ";END IF; END $prepare$";
}

std::string Stage::store_sql(int64_t rows) const {
  return "SELECT * FROM pg_temp.penstock_store(0, " + std::to_string(rows - 1) + ")";
}

std::vector<StagedRefusal> Stage::refusals(const PGresult* result) {
  std::vector<StagedRefusal> refusals;
  refusals.reserve(static_cast<size_t>(PQntuples(result)));
  for (int row = 0; row < PQntuples(result); ++row) {
    refusals.push_back({std::atoll(PQgetvalue(result, row, 0)), PQgetvalue(result, row, 1),
                        PQgetvalue(result, row, 2), PQgetvalue(result, row, 3)});
  }
  return refusals;
}

}  // namespace timescale_sink
