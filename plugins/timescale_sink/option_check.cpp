#include "option_check.hpp"

#include <unistd.h>

#include <penstock/file_error.hpp>

#include <set>
#include <string>
#include <utility>

#include "identifier.hpp"
#include "renamed.hpp"
#include "server_parameters.hpp"
#include "servers.hpp"

namespace timescale_sink {

using penstock::fault_of_file;
using penstock::Report;

namespace {

void check_columns(const SinkOptions& options, Report& report) {
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

void check_for_open_password(const SinkOptions& options, Report& report) {
  if (!sends_password(options) || options.ssl_mode >= SslMode::kVerifyCa) return;
  const std::string fault =
      "the server's certificate is not verified, so anyone on the path to " + options.host;
  if (options.ssl_mode == SslMode::kAuto) {
    report.warning("host",
                   fault +
                       " can read or change what is stored; write ssl_mode = \"verify-full\" "
                       "and ssl_root_cert, or ssl_mode = \"prefer\" if you trust the network");
  } else {
    report.note("ssl_mode: " + fault +
                " can ask for the password and get it; \"verify-full\" prevents that");
  }
}

void check_for_no_effect(const SinkOptions& options, Report& report) {
  if (options.delivery == Delivery::kAtLeastOnce && options.ledger_table != kLedgerTable) {
    report.warning("ledger_table", "does nothing without delivery = \"exactly_once\"");
  }
  if (!options.add_columns && options.max_columns != kMostColumns) {
    report.warning("max_columns", "does nothing without add_columns = true");
  }
  if (options.on_conflict != OnConflict::kError && !options.use_copy_protocol) {
    report.warning("use_copy_protocol",
                   "does nothing with on_conflict, which COPY does not support");
  }
  const bool any_ssl = !options.ssl_root_cert.empty() || !options.ssl_cert.empty();
  if (options.ssl_mode == SslMode::kDisable && any_ssl) {
    report.warning("ssl_mode", "the other ssl_ options do nothing with \"disable\"");
  }
}

}  // namespace

void check_options(const SinkOptions& options, Report& report) {
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
                 "is a connection string; write host, port, database, user and password as "
                 "separate options");
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
                 "\"exactly_once\" needs a disk intake, which hands out the same ranges after "
                 "a crash; write type = \"disk\" in the source's "
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
        "with on_conflict = \"update\" a lane may overwrite a newer row of another lane; write "
        "parallelism = 1, or newer_by = the column that says which row is newer");
  }
  check_columns(options, report);
  const std::pair<const char*, const std::string&> files[] = {
      {"ssl_root_cert", options.ssl_root_cert},
      {"ssl_cert", options.ssl_cert},
      {"ssl_key", options.ssl_key}};
  for (const auto& [option, path] : files) {
    // In libpq "system" means the system's certificates.
    if (path.empty() || (path == "system" && path == options.ssl_root_cert)) continue;
    // sslkey may name a key in hardware: "engine:id", "pkcs11:…".
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

}  // namespace timescale_sink
