#include "session_settings.hpp"

#include <chrono>

#include "identifier.hpp"

namespace timescale_sink {
namespace {

// Each statement must see what was committed before it: a role's default of repeatable read would
// hide a change of the table from Statements::check_version.
constexpr const char* kReadCommitted = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED;";
// The role that the session began with.
constexpr const char* kOwnRole = "SET LOCAL role TO DEFAULT;";
// Ends a statement whose client is gone, which releases its locks. Unknown before PostgreSQL 14,
// and not supported on all platforms.
constexpr const char* kCheckClient = "SET LOCAL client_connection_check_interval = 5000;";
// A transaction waits for a dead connection that was storing the same range, so the server must
// notice its death.
constexpr const char* kNoticeDeath =
    "SET LOCAL tcp_keepalives_idle = 10;SET LOCAL tcp_keepalives_interval = 5;"
    "SET LOCAL tcp_keepalives_count = 4;SET LOCAL tcp_user_timeout = 30000;";
// Late rows with a key make TimescaleDB decompress what may contain it. The size of a batch and
// statement_timeout limit that already.
constexpr const char* kNoLimit =
    "SET LOCAL timescaledb.max_tuples_decompressed_per_dml_transaction = 0;";
constexpr const char* kReadText =
    "SET LOCAL TimeZone = 'UTC';SET LOCAL DateStyle = 'ISO, MDY';"
    "SET LOCAL IntervalStyle = 'postgres';SET LOCAL array_nulls = on;"
    "SET LOCAL xmloption = 'content';";

std::string timeout_sql(int factor) {
  const std::chrono::milliseconds timeout = kStatementTimeout * factor;
  return "SET LOCAL statement_timeout = " + std::to_string(timeout.count()) + ";";
}

}  // namespace

Failure SessionSettings::choose() {
  Result result;
  Failure failure = connection_.execute(
      std::string("BEGIN;") + kOwnRole +
          "SET LOCAL search_path TO DEFAULT;SELECT current_setting('search_path'), "
          "current_setting('timescaledb.max_tuples_decompressed_per_dml_transaction', true)",
      result);
  if (failure) return failure;
  const std::string path = PQgetvalue(result.get(), 0, 0);
  const std::string limit = PQgetvalue(result.get(), 0, 1);
  // The role's own path, whatever another client has set in the session. pg_temp comes last, so
  // that temporary tables of others shadow nothing.
  const std::string own_path = "set_config('search_path', " +
                               literal(path + (path.empty() ? "" : ", ") + "pg_temp") + ", true);";
  restore_sql_ = kOwnRole + ("SELECT " + own_path);
  restore_in_function_ = kOwnRole + ("PERFORM " + own_path);
  sql_ = kReadCommitted + restore_sql_ + timeout_sql(1);
  if (has_ledger_) sql_ += kNoticeDeath;
  if (!limit.empty()) sql_ += kNoLimit;
  Failure lacks = connection_.execute(kCheckClient);
  if (!connection_.is_open()) return lacks;
  if (!lacks) sql_ += kCheckClient;
  return connection_.execute("ROLLBACK");
}

void SessionSettings::set_timeout_factor(int times) {
  timeout_factor_ = times;
  connection_.set_timeout_factor(times);
}

std::string SessionSettings::sql_to_write(bool reads_text) const {
  std::string sql = sql_;
  if (reads_text) sql += kReadText;
  if (timeout_factor_ != 1) sql += timeout_sql(timeout_factor_);
  return sql;
}

}  // namespace timescale_sink
