// timescale_sink: points into a table of PostgreSQL or TimescaleDB. Each lane has one
// connection, and stores one batch at a time.
#include <unistd.h>

#include <penstock/file_error.hpp>
#include <penstock/plugin.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <set>
#include <string>
#include <utility>

#include "batch_writer.hpp"
#include "connection.hpp"
#include "create_table.hpp"
#include "identifier.hpp"
#include "password_guard.hpp"
#include "renamed.hpp"
#include "servers.hpp"
#include "slow_server.hpp"
#include "table_check.hpp"

namespace timescale_sink {

using namespace penstock;
using namespace std::chrono_literals;

class TimescaleSink {
 public:
  enum class Delivery { kAtLeastOnce, kExactlyOnce };
  enum class Rounding { kReject, kNearest };
  enum class SessionAttrs { kAuto, kAny, kReadWrite, kPrimary };
  enum class SslMode { kAuto, kDisable, kAllow, kPrefer, kRequire, kVerifyCa, kVerifyFull };
  struct Options {
    std::string host, database, user, table, ledger_table;
    Delivery delivery = Delivery::kAtLeastOnce;
    int64_t port = 0, pool_size = 0;
    Secret password;
    SslMode ssl_mode = SslMode::kAuto;
    std::string ssl_root_cert, ssl_cert, ssl_key;
    SessionAttrs target_session_attrs = SessionAttrs::kAuto;
    bool use_copy_protocol = true, create_table = false, add_columns = false;
    int64_t max_columns = 0;
    std::chrono::nanoseconds connect_timeout{};
    NulRule nul = NulRule::kReplace;
    OnConflict on_conflict = OnConflict::kError;
    std::vector<std::string> conflict_key, columns;
    std::string newer_by;
    Rounding rounding = Rounding::kReject;
  };
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
  static std::vector<Option> options();
  static void check(const Options& options, Report& report);
  static void check_connection(const Options& options, Report& report);
  static void check_columns(const Options& options, Report& report);
  static void check_for_no_effect(const Options& options, Report& report);
  static void check_for_open_password(const Options& options, Report& report);

  TimescaleSink(const Options& options, Context& context)
      : options_(options),
        context_(context),
        slow_server_(parameters(options, asking(context)), context),
        connection_(parameters(options, context.service()), &slow_server_),
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

  // An idle lane notices that the database went away, and comes back when it does.
  void on_timer() {
    if (!connection_.is_alive()) {
      if (Failure failure = connect()) context_.degraded(failure.message);
    } else {
      if (is_table_faulty_) look_at_table();
      writer_.prune_ledger();
    }
    context_.call_in(kIdleCheck);
  }

 private:
  static constexpr auto kIdleCheck = 1s;
  static constexpr const char* kLedgerTable = "penstock_ledger";
  static constexpr int64_t kMostColumns = 200;

  static NeededTable needed_table(const Options& options, std::vector<Schema> inputs);
  static ConnectionParameters parameters(const Options& options, const std::string& service);
  // The name of the connection that asks why another waits.
  static std::string asking(const Context& context) {
    return context.service() + " (why it waits)";
  }
  static LayoutRules layout_rules(const Options& options);
  static BatchWriter::Options writing(const Options& options, const std::string& node);

  // To another machine.
  static bool sends_password(const Options& options) {
    const bool has_password = !options.password.text.empty() || libpq_has_password();
    return has_password && is_elsewhere(servers_of(options.host, options.port).hosts);
  }

  // A login may have been changed meanwhile; a password, where there was none, is guarded, too.
  void read_login() {
    const std::optional<std::string> user = context_.read_option("user");
    const std::optional<std::string> password = context_.read_option("password");
    if (!user && !password) return;
    if (user) options_.user = *user;
    if (password) options_.password.text = *password;
    connection_.set_parameters(parameters(options_, context_.service()));
    slow_server_.set_parameters(parameters(options_, asking(context_)));
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

  // Before the first row finds out.
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

  // What to change there.
  std::string cause_at_table() {
    const std::string fault =
        first_fault(connection_, writer_.settings(), needed_table(options_, context_.inputs()));
    return fault.empty() ? "" : "; " + fault;
  }

  bool exactly_once() const { return options_.delivery == Delivery::kExactlyOnce; }

  // A session keeps what it began with, such as a database's default of being read-only, so after
  // some attempts a new one is tried.
  Outcome retry(const Failure& failure) {
    constexpr int kAttemptsPerSession = 3;
    context_.add(kWriteErrors);
    std::string message = failure.message;
    if (connection_.is_open()) {
      if (failure.blame == Blame::kUnknown) message += cause_at_table();
      const bool is_read_only = failure.state == "25006";
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

std::vector<Option> TimescaleSink::options() {
  return {
      option<&Options::host>(
          "host", {.help = "Server, or folder of its Unix socket; several with commas, each with a "
                           "port if it needs one, are tried in turn: db1,db2:5433.",
                   .default_value = "localhost"}),
      option<&Options::port>(
          "port", {.help = "Its port.", .default_value = "5432", .min = 1, .max = 65535}),
      option<&Options::target_session_attrs>(
          "target_session_attrs",
          {.help = "Which of several servers will do, as libpq has it; auto: the first that can be "
                   "written to.",
           .default_value = "auto",
           .choices = "auto,any,read-write,primary"}),
      option<&Options::database>("database",
                                 {.help = "Database.", .default_value = "nexus_historian"}),
      option<&Options::user>("user",
                             {.help = "Role to log in as.", .default_value = "nexus_ingestion"}),
      option<&Options::password>("password", {.help = "Its password, if it needs one."}),
      option<&Options::table>("table",
                              {.help = "Table, or schema.table.", .default_value = "metrics"}),
      option<&Options::create_table>(
          "create_table", {.help = "Create the table if it is missing.", .default_value = "false"}),
      option<&Options::add_columns>(
          "add_columns",
          {.help = "Add missing columns; the role must own the table.", .default_value = "false"}),
      option<&Options::max_columns>("max_columns",
                                    {.help = "Maximum number of table columns for add_columns.",
                                     .default_value = "200",
                                     .min = 1,
                                     .max = 1600}),
      option<&Options::delivery>(
          "delivery", {.help = "exactly_once: a ledger of what is stored, so that nothing "
                               "is stored twice after a crash; needs intakes on disk.",
                       .default_value = "at_least_once",
                       .choices = "at_least_once,exactly_once"}),
      option<&Options::ledger_table>(
          "ledger_table",
          {.help = "Table, or schema.table, of that ledger.", .default_value = kLedgerTable}),
      option<&Options::use_copy_protocol>(
          "use_copy_protocol",
          {.help = "Binary COPY; false: multi-row INSERTs.", .default_value = "true"}),
      option<&Options::pool_size>("pool_size",
                                  {.help = "The most connections that the node opens; each of "
                                           "`parallelism` lanes has one.",
                                   .default_value = "10",
                                   .unit = "connections",
                                   .min = 1,
                                   .max = 1000}),
      option<&Options::connect_timeout>("connect_timeout",
                                        {.help = "The longest an attempt to connect may take.",
                                         .default_value = "10s",
                                         .min = 2,
                                         .max = 600}),
      option<&Options::nul>(
          "nul", {.help = "U+0000, which PostgreSQL cannot hold in text or JSON: replace it "
                          "with U+FFFD, or reject the point.",
                  .default_value = "replace",
                  .choices = "replace,reject"}),
      option<&Options::on_conflict>(
          "on_conflict", {.help = "A point whose conflict_key the table has: reject it "
                                  "(error), drop it (ignore), or let it replace the old one.",
                          .default_value = "error",
                          .choices = "error,ignore,update"}),
      option<&Options::conflict_key>(
          "conflict_key", {.help = "Columns of the table's unique key, such as time,topic."}),
      option<&Options::newer_by>(
          "newer_by",
          {.help = "With on_conflict = \"update\": update a row only if the incoming value in "
                   "this column is greater or equal, such as time."}),
      option<&Options::columns>(
          "columns", {.help = "Columns to write, if not all: NAME, or TABLE_COLUMN=COLUMN."}),
      option<&Options::rounding>(
          "rounding", {.help = "A value that the column cannot hold exactly: reject the row, or "
                               "store the nearest.",
                       .default_value = "reject",
                       .choices = "reject,nearest"}),
      option<&Options::ssl_mode>("ssl_mode",
                                 {.help = "TLS, as libpq's sslmode; auto: prefer, but never send "
                                          "a clear-text password to another machine.",
                                  .default_value = "auto",
                                  .choices = "auto,disable,allow,prefer,require,verify-ca,"
                                             "verify-full"}),
      option<&Options::ssl_root_cert>("ssl_root_cert",
                                      {.help = "CA certificate that verifies the server."}),
      option<&Options::ssl_cert>("ssl_cert", {.help = "Client certificate."}),
      option<&Options::ssl_key>("ssl_key", {.help = "Its key."}),
  };
}

Declaration TimescaleSink::declare() {
  return {
      .name = "timescale_sink",
      .summary = "Writes points to a table of TimescaleDB or PostgreSQL.",
      .options = options(),
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
               "Attempts to write that failed.", true},
              {PENSTOCK_GAUGE, "database_connections", "pool_total_conns", "Open connections."},
              {PENSTOCK_GAUGE, "database_idle_connections", "pool_idle_conns",
               "Open connections that are not writing."},
              {PENSTOCK_FLAG, "database_connected", "connected", "1 when every lane is connected."},
              {PENSTOCK_COUNTER, "database_points_skipped_total", "points_skipped",
               "Points that the ledger knew to be stored already."},
              {PENSTOCK_COUNTER, "database_points_refused_total", "points_refused",
               "Points that the database cannot hold or refused; they leave by `rejected`."},
              {PENSTOCK_COUNTER, "database_points_mended_total", "points_mended",
               "Points in which U+0000 became U+FFFD."},
              {PENSTOCK_COUNTER, "database_points_passed_over_total", "points_passed_over",
               "Points that the database left out without an error: for a key that it has, or by a "
               "trigger."},
          },
      .rejects = true,
  };
}

void TimescaleSink::check(const Options& options, Report& report) {
  if (report.parallelism > static_cast<uint64_t>(options.pool_size)) {
    report.error("pool_size", "parallelism of " + std::to_string(report.parallelism) +
                                  " needs as many connections, but pool_size is " +
                                  std::to_string(options.pool_size) +
                                  "; raise it, or lower parallelism");
  }
  const auto refuse = [&](const char* option, const std::string& value, const std::string& fault) {
    if (!fault.empty()) report.error(option, "\"" + value + "\" " + fault);
  };
  const auto names_server = [&](const char* option, const std::string& value) {
    if (!is_connection_string(value)) return false;
    report.error(option,
                 "is a connection string; write host, port, database, user and password as options "
                 "of their own");
    return true;
  };
  names_server("database", options.database);
  if (!names_server("host", options.host)) {
    refuse("host", options.host, fault_of_host(options.host));
  }
  refuse("table", options.table, fault_of_table(options.table));
  refuse("ledger_table", options.ledger_table, fault_of_table(options.ledger_table));
  if (options.delivery == Delivery::kExactlyOnce && report.intake < PENSTOCK_INTAKE_DISK) {
    report.error("delivery",
                 "\"exactly_once\" needs a disk intake, which after a crash hands out "
                 "the same ranges again; write type = \"disk\" in the source's "
                 "[nodes.X.buffer], or delivery = \"at_least_once\"");
  }
  if (options.on_conflict != OnConflict::kError && options.conflict_key.empty()) {
    report.error("conflict_key", "on_conflict needs the columns of the table's unique key");
  }
  if (options.on_conflict == OnConflict::kError && !options.conflict_key.empty()) {
    report.error("conflict_key",
                 "does nothing with on_conflict = \"error\"; remove it, or choose "
                 "\"ignore\" or \"update\"");
  }
  if (!options.newer_by.empty() && options.on_conflict != OnConflict::kUpdate) {
    report.error("newer_by", "does nothing without on_conflict = \"update\"; remove it");
  }
  if (options.on_conflict == OnConflict::kUpdate && options.newer_by.empty() &&
      report.parallelism > 1) {
    report.error(
        "parallelism",
        "with on_conflict = \"update\" one lane may overwrite what another stored later; write "
        "parallelism = 1, or newer_by = the column that says which row is newer");
  }
  check_columns(options, report);
  const std::pair<const char*, const std::string&> files[] = {
      {"ssl_root_cert", options.ssl_root_cert},
      {"ssl_cert", options.ssl_cert},
      {"ssl_key", options.ssl_key}};
  for (const auto& [option, path] : files) {
    // libpq: "system" stands for the system's own.
    if (path.empty() || (path == "system" && path == options.ssl_root_cert)) continue;
    // Its sslkey may name a key in hardware: "engine:id", "pkcs11:…".
    const bool may_be_hardware = &path == &options.ssl_key && path.find(':') != std::string::npos;
    if (may_be_hardware && access(path.c_str(), F_OK) != 0) continue;
    if (const std::string fault = fault_of_file(path); !fault.empty()) report.error(option, fault);
  }
  if (options.ssl_cert.empty() != options.ssl_key.empty()) {
    report.error("ssl_cert", "a client certificate needs both ssl_cert and ssl_key");
  }
  check_for_no_effect(options, report);
  check_for_open_password(options, report);
}

void TimescaleSink::check_columns(const Options& options, Report& report) {
  const std::vector<std::string> faults = faults_of_columns(options.columns, report.inputs);
  for (const std::string& fault : faults) report.error("columns", fault);
  if (!faults.empty() || report.inputs.empty()) return;
  const std::set<std::string> filled = filled_columns(options.columns, report.inputs);
  const auto need = [&](const char* option, const std::string& name) {
    if (name.empty() || filled.contains(name)) return;
    report.error(option, "no input fills the column \"" + name + "\"");
  };
  for (const std::string& name : options.conflict_key) need("conflict_key", name);
  need("newer_by", options.newer_by);
}

void TimescaleSink::check_for_open_password(const Options& options, Report& report) {
  if (!sends_password(options) || options.ssl_mode >= SslMode::kVerifyCa) return;
  const std::string fault =
      "the server's certificate is not verified, so anyone on the path to " + options.host;
  if (options.ssl_mode == SslMode::kAuto) {
    report.warning("host",
                   fault +
                       " can read or change what is stored; write ssl_mode = \"verify-full\" "
                       "and ssl_root_cert, or, if all of the network between is trusted, "
                       "ssl_mode = \"prefer\"");
  } else {
    report.note("ssl_mode: " + fault +
                " can ask for the password and get it; \"verify-full\" prevents that");
  }
}

void TimescaleSink::check_for_no_effect(const Options& options, Report& report) {
  if (options.delivery == Delivery::kAtLeastOnce && options.ledger_table != kLedgerTable) {
    report.warning("ledger_table", "does nothing without delivery = \"exactly_once\"");
  }
  if (!options.add_columns && options.max_columns != kMostColumns) {
    report.warning("max_columns", "does nothing without add_columns = true");
  }
  if (options.on_conflict != OnConflict::kError && !options.use_copy_protocol) {
    report.warning("use_copy_protocol", "does nothing with on_conflict, since COPY knows no keys");
  }
  const bool any_ssl = !options.ssl_root_cert.empty() || !options.ssl_cert.empty();
  if (options.ssl_mode == SslMode::kDisable && any_ssl) {
    report.warning("ssl_mode", "\"disable\" leaves the other ssl_ options without effect");
  }
}

void TimescaleSink::check_connection(const Options& options, Report& report) {
  Connection connection(parameters(options, "penstock check"));
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
                     .creates = options.create_table};
  if (needed.creates) {
    const LayoutRules& layout = needed.layout;
    needed.creation_fault = create_table_sql(layout.table, needed.inputs, layout.columns).fault;
  }
  if (options.delivery == Delivery::kExactlyOnce) {
    needed.ledger_table = quoted_table(options.ledger_table);
  }
  return needed;
}

ConnectionParameters TimescaleSink::parameters(const Options& options, const std::string& service) {
  constexpr const char* kSslModes[] = {"prefer",  "disable",   "allow",      "prefer",
                                       "require", "verify-ca", "verify-full"};
  constexpr const char* kSessionAttrs[] = {"any", "any", "read-write", "primary"};
  const auto timeout_s = std::chrono::ceil<std::chrono::seconds>(options.connect_timeout).count();
  const Servers servers = servers_of(options.host, options.port);
  const auto attributes = options.target_session_attrs == SessionAttrs::kAuto && servers.several
                              ? SessionAttrs::kReadWrite
                              : options.target_session_attrs;
  ConnectionParameters all{{"host", servers.hosts},
                           {"port", servers.ports},
                           {"target_session_attrs", kSessionAttrs[static_cast<int>(attributes)]},
                           {"dbname", options.database},
                           {"user", options.user},
                           {"password", options.password.text},
                           {"sslrootcert", options.ssl_root_cert},
                           {"sslcert", options.ssl_cert},
                           {"sslkey", options.ssl_key},
                           {"connect_timeout", std::to_string(timeout_s)},
                           {"application_name", service},
                           {"client_encoding", "UTF8"},
                           // A server that vanished is noticed within half a minute.
                           {"keepalives_idle", "10"},
                           {"keepalives_interval", "5"},
                           {"keepalives_count", "4"},
                           {"tcp_user_timeout", "30000"}};
  const bool is_guarded = options.ssl_mode == SslMode::kAuto && sends_password(options);
  const ConnectionParameters transport =
      is_guarded ? password_guard()
                 : ConnectionParameters{{"sslmode", kSslModes[static_cast<int>(options.ssl_mode)]}};
  all.insert(all.end(), transport.begin(), transport.end());
  return all;
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

// Lanes start together, and two CREATE TABLE at a time would collide, so they take turns by
// an advisory lock that the end of the transaction gives back. Nothing is created, and no right
// to create needed, where the table exists.
Failure TimescaleSink::create_tables() {
  const LayoutRules& layout = writer_.options().layout;
  const Creation creation = create_table_sql(layout.table, context_.inputs(), layout.columns);
  if (!creation.fault.empty()) return {creation.fault, "", Blame::kTable};
  std::string sql = "BEGIN;" + writer_.settings() + "SELECT pg_advisory_xact_lock(hashtext(" +
                    literal(layout.table) + "));";
  sql += create_if_missing(layout.table, creation.sql);
  if (exactly_once()) {
    sql += create_if_missing(quoted_table(options_.ledger_table), writer_.create_ledger_sql());
  }
  Failure failure = connection_.execute(sql + "COMMIT");
  if (failure && connection_.is_open() && connection_.execute("ROLLBACK")) connection_.close();
  return failure;
}

}  // namespace timescale_sink

PENSTOCK_PLUGIN("timescale_sink", penstock::sink<timescale_sink::TimescaleSink>())
