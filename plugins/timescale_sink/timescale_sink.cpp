// timescale_sink: writes points to a table of PostgreSQL or TimescaleDB. Each lane has a connection
// and writes one batch at a time.
#include <penstock/plugin.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "batch_writer.hpp"
#include "connection.hpp"
#include "create_table.hpp"
#include "identifier.hpp"
#include "option_check.hpp"
#include "password_guard.hpp"
#include "server_parameters.hpp"
#include "sink_options.hpp"
#include "slow_server.hpp"
#include "table_check.hpp"

namespace timescale_sink {

using namespace penstock;
using namespace std::chrono_literals;

class TimescaleSink {
 public:
  using Options = SinkOptions;
  enum Metrics : uint32_t {
    kBatches,
    kPoints,
    kDuration,
    kWriteErrors,
    kTotalConnections,
    kIdleConnections,
    kConnected,
    kSkipped,
    kRefused,
    kMended,
    kPassedOver
  };

  static Declaration declare();
  static void check(const Options& options, Report& report) { check_options(options, report); }
  static void check_connection(const Options& options, Report& report);

  TimescaleSink(const Options& options, Context& context)
      : options_(options),
        context_(context),
        slow_server_(server_parameters(options, asking(context)), context),
        connection_(server_parameters(options, context.service()), &slow_server_),
        writer_(writing(options, context.node()), connection_, context) {
    context.starting("connecting to the database");
  }

  Outcome start() {
    if (Failure failure = connect()) return retry(failure);
    context_.call_in(kIdleCheck);
    return Outcome::done();
  }

  Outcome process(const Batch& batch) {
    if (!connection_.is_open()) {
      if (Failure failure = connect()) return retry(failure);
    }
    context_.set(kIdleConnections, 0);
    const auto begin = std::chrono::steady_clock::now();
    const Failure failure = writer_.write(batch);
    context_.set(kIdleConnections, connection_.is_open() ? 1 : 0);
    if (failure) return retry(failure);
    failures_ = 0;
    if (is_table_faulty_) look_at_table();
    const Written& written = writer_.written();
    for (const RefusedRow& row : written.refused) {
      context_.reject_row(batch, row.chunk, row.row, row.reason, row.detail);
    }
    context_.observe(kDuration, std::chrono::steady_clock::now() - begin);
    context_.add(kBatches);
    context_.add(kPoints, static_cast<double>(written.stored));
    context_.add(kSkipped, static_cast<double>(written.skipped));
    context_.stored_before(written.skipped);
    context_.passed_over(written.passed_over);
    context_.add(kPassedOver, static_cast<double>(written.passed_over));
    context_.add(kRefused, static_cast<double>(written.refused.size()));
    if (written.refused_whole) context_.add(kWriteErrors);
    context_.add(kMended, static_cast<double>(written.mended));
    return Outcome::done();
  }

  // An idle lane notices that the database is gone, and reconnects when it is back.
  void on_timer() {
    if (!connection_.is_alive()) {
      if (Failure failure = connect()) context_.degraded(failure.message);
    } else {
      if (is_table_faulty_) look_at_table();
      writer_.maintain_ledger();
    }
    context_.call_in(kIdleCheck);
  }

 private:
  static constexpr auto kIdleCheck = 1s;

  static NeededTable needed_table(const Options& options, std::vector<Schema> inputs);
  // The application_name of SlowServer's connection.
  static std::string asking(const Context& context) {
    return context.service() + " (why it waits)";
  }
  static LayoutRules layout_rules(const Options& options);
  static BatchWriter::Options writing(const Options& options, const std::string& node);

  // The login may have changed; a password that is new is guarded too (password_guard.hpp).
  void read_login() {
    const std::optional<std::string> user = context_.read_option("user");
    const std::optional<std::string> password = context_.read_option("password");
    if (!user && !password) return;
    if (user) options_.user = *user;
    if (password) options_.password.text = *password;
    connection_.set_parameters(server_parameters(options_, context_.service()));
    slow_server_.set_parameters(server_parameters(options_, asking(context_)));
  }

  Failure connect() {
    read_login();
    Failure failure = connection_.open();
    if (failure && options_.ssl_mode == SslMode::kAuto) {
      const std::string advice = advice_for_guarded(failure.message);
      if (!advice.empty()) failure.message += "; " + advice;
    }
    if (!failure) failure = writer_.meet_server();
    if (!failure && options_.create_table) failure = create_tables();
    set_connected();
    if (failure) return failure;
    look_at_table();
    return {};
  }

  void look_at_table() {
    const Failure fault = writer_.fault_of_table(context_.inputs());
    is_table_faulty_ = static_cast<bool>(fault);
    if (is_table_faulty_) context_.degraded(fault.message);
    else context_.healthy();
  }

  void set_connected() {
    const double open = connection_.is_open() ? 1 : 0;
    context_.set(kTotalConnections, open);
    context_.set(kIdleConnections, open);
    context_.set(kConnected, open);
  }

  std::string cause_at_table() {
    const std::string fault =
        first_fault(connection_, writer_.settings(), needed_table(options_, context_.inputs()));
    return fault.empty() ? "" : "; " + fault;
  }

  bool exactly_once() const { return options_.delivery == Delivery::kExactlyOnce; }

  // A session keeps its initial settings, such as the database's default_transaction_read_only, so
  // some failures in a row end it.
  Outcome retry(const Failure& failure) {
    constexpr int kAttemptsPerSession = 3;
    context_.add(kWriteErrors);
    std::string message = failure.message;
    if (connection_.is_open()) {
      if (failure.blame == Blame::kUnknown) message += cause_at_table();
      const bool is_read_only = failure.state == "25006";
      // Behind a pooler another client may have set it, and a new session may be the same one.
      if (is_read_only) connection_.execute("RESET default_transaction_read_only");
      if (++failures_ % kAttemptsPerSession == 0 || is_read_only) connection_.close();
    }
    set_connected();
    const bool in_order = options_.on_conflict == OnConflict::kUpdate && options_.newer_by.empty();
    return writer_.may_wait() && !in_order ? Outcome::retry_later(message)
                                           : Outcome::retry(message);
  }

  Failure create_tables();

  Options options_;
  Context& context_;
  SlowServer slow_server_;
  Connection connection_;
  BatchWriter writer_;
  int failures_ = 0;  // of attempts in a row
  bool is_table_faulty_ = false;
};

Declaration TimescaleSink::declare() {
  return {
      .name = "timescale_sink",
      .summary = "Writes points to a table of TimescaleDB or PostgreSQL.",
      .options = sink_options(),
      .ports = {},
      .metrics =
          {
              {PENSTOCK_COUNTER, "database_batches_written_total", "batches_written",
               "Batches committed."},
              {PENSTOCK_COUNTER, "points_written_total", "points_written", "Points committed.",
               true},
              {PENSTOCK_HISTOGRAM, "batch_duration_seconds", "avg_write_time_ms",
               "Time to write and commit a batch.", true},
              {PENSTOCK_COUNTER, "write_errors_total", "write_errors",
               "Failed attempts to write a batch.", true},
              {PENSTOCK_GAUGE, "database_connections", "pool_total_conns", "Open connections."},
              {PENSTOCK_GAUGE, "database_idle_connections", "pool_idle_conns",
               "Open connections that are not writing."},
              {PENSTOCK_FLAG, "database_connected", "connected", "1 when every lane is connected."},
              {PENSTOCK_COUNTER, "database_points_skipped_total", "points_skipped",
               "Points that were skipped because the ledger has them."},
              {PENSTOCK_COUNTER, "database_points_refused_total", "points_refused",
               "Points that the database refused or cannot hold; they leave by `rejected`."},
              {PENSTOCK_COUNTER, "database_points_mended_total", "points_mended",
               "Points in which U+0000 was replaced with U+FFFD."},
              {PENSTOCK_COUNTER, "database_points_passed_over_total", "points_passed_over",
               "Points that the database dropped without an error, for a key that it has or by a "
               "trigger."},
          },
      .rejects = true,
  };
}

void TimescaleSink::check_connection(const Options& options, Report& report) {
  Connection connection(server_parameters(options, "penstock check"));
  if (const Failure failure = connection.open()) {
    const std::string guarded =
        options.ssl_mode == SslMode::kAuto ? advice_for_guarded(failure.message) : "";
    report.error(
        "host", failure.message + "; " + (guarded.empty() ? advice_for(failure.message) : guarded));
    return;
  }
  SessionSettings settings(connection, options.delivery == Delivery::kExactlyOnce);
  if (const Failure failure = settings.choose()) return report.error("host", failure.message);
  check_table(connection, settings.sql(), needed_table(options, report.inputs), report);
}

NeededTable TimescaleSink::needed_table(const Options& options, std::vector<Schema> inputs) {
  NeededTable needed{.layout = layout_rules(options),
                     .inputs = std::move(inputs),
                     .ledger_table = {},
                     .creates = options.create_table,
                     .creation_fault = {}};
  if (needed.creates) {
    const LayoutRules& layout = needed.layout;
    needed.creation_fault = create_table_sql(layout.table, needed.inputs, layout.columns).fault;
  }
  if (options.delivery == Delivery::kExactlyOnce) {
    needed.ledger_table = quoted_table(options.ledger_table);
  }
  return needed;
}

LayoutRules TimescaleSink::layout_rules(const Options& options) {
  LayoutRules rules;
  rules.table = quoted_table(options.table);
  for (const std::string& column : options.columns) rules.columns.push_back(renamed(column));
  rules.encoding = {options.nul, options.rounding == Rounding::kNearest};
  if (options.add_columns) rules.most_columns = static_cast<size_t>(options.max_columns);
  rules.conflict = {options.on_conflict, options.conflict_key, options.newer_by};
  return rules;
}

BatchWriter::Options TimescaleSink::writing(const Options& options, const std::string& node) {
  BatchWriter::Options writing;
  writing.layout = layout_rules(options);
  writing.use_copy = options.use_copy_protocol;
  writing.table_key = options.host + " " + std::to_string(options.port) + " " + options.database +
                      " " + options.user + " " + writing.layout.table;
  writing.sink_key = node + " " + writing.table_key;
  if (options.delivery == Delivery::kExactlyOnce) {
    writing.ledger.emplace(quoted_table(options.ledger_table), node);
  }
  return writing;
}

// Lanes start together and would collide in CREATE TABLE, so they take turns by an advisory lock
// that is held until the transaction ends. Where the table exists, no privilege to create it is
// needed.
Failure TimescaleSink::create_tables() {
  const LayoutRules& layout = writer_.layout_rules();
  const Creation creation = create_table_sql(layout.table, context_.inputs(), layout.columns);
  if (!creation.fault.empty()) return {creation.fault, "", Blame::kTable};
  std::string sql = "BEGIN;" + writer_.settings() + "SELECT pg_advisory_xact_lock(hashtext(" +
                    literal(layout.table) + "));";
  sql += create_if_missing(layout.table, creation.sql);
  if (exactly_once()) {
    sql += create_if_missing(quoted_table(options_.ledger_table), writer_.create_ledger_sql());
  }
  Failure failure = connection_.execute(sql + "COMMIT");
  if (failure) connection_.roll_back();
  return failure;
}

}  // namespace timescale_sink

PENSTOCK_PLUGIN("timescale_sink", penstock::sink<timescale_sink::TimescaleSink>())
