#include "sink_options.hpp"

namespace timescale_sink {

using penstock::option;

std::vector<penstock::Option> sink_options() {
  return {
      option<&SinkOptions::host>(
          "host",
          {.help = "Server, or folder of its Unix socket; several are tried in turn, each with "
                   "its own port if needed: db1,db2:5433.",
           .default_value = "localhost"}),
      option<&SinkOptions::port>(
          "port", {.help = "Port of the server.", .default_value = "5432", .min = 1, .max = 65535}),
      option<&SinkOptions::target_session_attrs>(
          "target_session_attrs",
          {.help = "Which servers to accept, as in libpq; auto: of several, the first that is "
                   "writable.",
           .default_value = "auto",
           .choices = "auto,any,read-write,primary"}),
      option<&SinkOptions::database>("database",
                                     {.help = "Database.", .default_value = "nexus_historian"}),
      option<&SinkOptions::user>(
          "user", {.help = "Role to log in as.", .default_value = "nexus_ingestion"}),
      option<&SinkOptions::password>("password", {.help = "Password of the role, if needed."}),
      option<&SinkOptions::table>(
          "table", {.help = "Table, as NAME or SCHEMA.NAME.", .default_value = "metrics"}),
      option<&SinkOptions::create_table>(
          "create_table", {.help = "Create the table if it is missing.", .default_value = "false"}),
      option<&SinkOptions::add_columns>(
          "add_columns",
          {.help = "Add missing columns; the role must own the table.", .default_value = "false"}),
      option<&SinkOptions::max_columns>("max_columns",
                                        {.help = "Maximum number of table columns for add_columns.",
                                         .default_value = "200",
                                         .min = 1,
                                         .max = 1600}),
      option<&SinkOptions::delivery>(
          "delivery", {.help = "exactly_once: keep a ledger of what is stored, so that "
                               "nothing is stored twice after a crash; needs disk intakes.",
                       .default_value = "at_least_once",
                       .choices = "at_least_once,exactly_once"}),
      option<&SinkOptions::ledger_table>(
          "ledger_table",
          {.help = "Table of the ledger, as NAME or SCHEMA.NAME.", .default_value = kLedgerTable}),
      option<&SinkOptions::use_copy_protocol>(
          "use_copy_protocol",
          {.help = "Write by binary COPY; false: by multi-row INSERT.", .default_value = "true"}),
      option<&SinkOptions::pool_size>(
          "pool_size",
          {.help = "Maximum number of connections; each of `parallelism` lanes has one.",
           .default_value = "10",
           .unit = "connections",
           .min = 1,
           .max = 1000}),
      option<&SinkOptions::connect_timeout>("connect_timeout",
                                            {.help = "Maximum duration of an attempt to connect.",
                                             .default_value = "10s",
                                             .min = 2,
                                             .max = 600}),
      option<&SinkOptions::nul>(
          "nul", {.help = "U+0000, which PostgreSQL cannot hold in text or JSON: replace it "
                          "with U+FFFD, or reject the point.",
                  .default_value = "replace",
                  .choices = "replace,reject"}),
      option<&SinkOptions::on_conflict>(
          "on_conflict", {.help = "A point whose conflict_key is in the table: reject it "
                                  "(error), drop it (ignore), or update the row (update).",
                          .default_value = "error",
                          .choices = "error,ignore,update"}),
      option<&SinkOptions::conflict_key>(
          "conflict_key", {.help = "Columns of the table's unique key, such as time,topic."}),
      option<&SinkOptions::newer_by>(
          "newer_by",
          {.help = "With on_conflict = \"update\": update a row only if the new value of this "
                   "column, such as time, is not less."}),
      option<&SinkOptions::columns>(
          "columns", {.help = "Columns to write, as NAME or TABLE_COLUMN=COLUMN; empty: all."}),
      option<&SinkOptions::rounding>(
          "rounding", {.help = "A value that the column cannot hold exactly: reject the row, or "
                               "store the nearest value.",
                       .default_value = "reject",
                       .choices = "reject,nearest"}),
      option<&SinkOptions::ssl_mode>(
          "ssl_mode", {.help = "TLS, as in libpq's sslmode; auto: prefer, but never send "
                               "a clear-text password to another machine.",
                       .default_value = "auto",
                       .choices = "auto,disable,allow,prefer,require,verify-ca,"
                                  "verify-full"}),
      option<&SinkOptions::ssl_root_cert>("ssl_root_cert",
                                          {.help = "CA certificate that verifies the server."}),
      option<&SinkOptions::ssl_cert>("ssl_cert", {.help = "Client certificate."}),
      option<&SinkOptions::ssl_key>("ssl_key", {.help = "Private key of ssl_cert."}),
  };
}

}  // namespace timescale_sink
