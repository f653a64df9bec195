#include "config/engine_options.hpp"

namespace penstock::engine {

const std::vector<Option>& ServiceOptions::table() {
  static const std::vector<Option> table{
      option<&ServiceOptions::name>(
          "name", {.help = "Name of this pipeline: prefix of its metrics, and in /status.",
                   .default_value = "penstock"}),
      option<&ServiceOptions::buffer_size>(
          "buffer_size",
          {.help = "Records in flight between the intakes and the end of the graph. "
                   "Messages larger than 4 KiB on average count as one for each 4 KiB.",
           .default_value = "50000",
           .unit = "records",
           .min = 1000,
           .max = 100'000'000}),
      option<&ServiceOptions::shutdown_timeout>(
          "shutdown_timeout", {.help = "The longest a stop may take to write what was accepted.",
                               .default_value = "30s",
                               .min = 0,
                               .max = 86400}),
      option<&ServiceOptions::plugin_path>(
          "plugin_path", {.help = "Folders searched for plugins before the standard ones."}),
      option<&ServiceOptions::validate_batches>(
          "validate_batches", {.help = "Look through every batch that a plugin emits; what "
                                       "violates its schema is rejected.",
                               .default_value = "false"}),
      option<&ServiceOptions::stall_after>(
          "stall_after", {.help = "A call of a plugin that takes longer makes its node degraded.",
                          .default_value = "10s",
                          .min = 0.1,
                          .max = 86400}),
  };
  return table;
}

const std::vector<Option>& HttpOptions::table() {
  static const std::vector<Option> table{
      option<&HttpOptions::listen>("listen",
                                   {.help = "Addresses of the page, /health, /status and /metrics, "
                                            "host:port each.",
                                    .default_value = "127.0.0.1:8080"}),
      option<&HttpOptions::probe_listen>(
          "probe_listen", {.help = "Addresses of a second listener for /health, /health/live, "
                                   "/health/ready and /metrics only; it keeps answering while "
                                   "the first is overloaded."}),
      option<&HttpOptions::host_names>(
          "host_names", {.help = "Host header names accepted from this machine, besides localhost "
                                 "and addresses, when no login is set."}),
      option<&HttpOptions::username>(
          "username", {.help = "Who may ask for anything but /health/live and /health/ready; if "
                               "not given, everybody."}),
      option<&HttpOptions::password>("password", {.help = "The password of username."}),
      option<&HttpOptions::tls_cert>(
          "tls_cert", {.help = "File of the certificate and its chain, PEM; with it, HTTPS."}),
      option<&HttpOptions::tls_key>("tls_key", {.help = "File of the certificate's key, PEM."}),
      option<&HttpOptions::max_connections>(
          "max_connections", {.help = "Connections served concurrently, one thread each (at most "
                                      "1024); further ones queue.",
                              .default_value = "256",
                              .min = 16,
                              .max = 100'000}),
      option<&HttpOptions::request_timeout>("request_timeout",
                                            {.help = "How long a request and its answer may take.",
                                             .default_value = "5s",
                                             .min = 1,
                                             .max = 300}),
      option<&HttpOptions::max_headers>("max_headers",
                                        {.help = "The most headers of a request (at most 63).",
                                         .default_value = "63",
                                         .min = 8,
                                         .max = 1000}),
      option<&HttpOptions::max_header_bytes>(
          "max_header_bytes", {.help = "The most bytes of a request's line and headers.",
                               .default_value = "16KiB",
                               .min = 1 << 10,
                               .max = 1 << 20}),
  };
  return table;
}

const std::vector<Option>& LoggingOptions::table() {
  static const std::vector<Option> table{
      option<&LoggingOptions::level>("level", {.help = "The lowest level that is logged.",
                                               .default_value = "info",
                                               .choices = "debug,info,warning,error"}),
      option<&LoggingOptions::format>("format",
                                      {.help = "Text for a terminal, one JSON object a line, or "
                                               "entries of the systemd journal.",
                                       .default_value = "text",
                                       .choices = "text,json,journal"}),
      option<&LoggingOptions::max_per_second>(
          "max_per_second", {.help = "The most lines a second that differ in numbers only; further "
                                     "ones are counted.",
                             .default_value = "10",
                             .min = 1,
                             .max = 1'000'000}),
  };
  return table;
}

const std::vector<Option>& NodeEngineOptions::table() {
  static const std::vector<Option> table{
      option<&NodeEngineOptions::parallelism>(
          "parallelism", {.help = "Instances of the node that work at the same time.",
                          .default_value = "1",
                          .min = 1,
                          .max = 256}),
      option<&NodeEngineOptions::ordered>(
          "ordered",
          {.help = "Batches leave in the order in which they came in.", .default_value = "false"}),
      option<&NodeEngineOptions::extra_columns>(
          "extra_columns", {.help = "Columns of a source's messages besides topic, payload and "
                                    "received: retained, attributes.",
                            .default_value = ""}),
  };
  return table;
}

const std::vector<Option>& BufferOptions::table() {
  static const std::vector<Option> table{
      option<&BufferOptions::type>(
          "type", {.help = "Where accepted messages wait; on disk they survive a crash.",
                   .default_value = "memory",
                   .choices = "memory,disk"}),
      option<&BufferOptions::path>(
          "path", {.help = "Folder of a disk intake; it belongs to this source alone."}),
      option<&BufferOptions::max_bytes>(
          "max_bytes", {.help = "The most that the intake may hold; if not given 16MiB in memory, "
                                "1GiB on disk.",
                        .min = 1 << 20,
                        .max = 1LL << 44}),
      option<&BufferOptions::segment_bytes>(
          "segment_bytes", {.help = "Size of its pieces, at most a quarter of max_bytes; if not "
                                    "given 8MiB or that.",
                            .min = 256 << 10,
                            .max = 1 << 30}),
      option<&BufferOptions::durability>(
          "durability", {.help = "What a message on disk survives once it is acknowledged: the "
                                 "death of the process, or of the machine.",
                         .default_value = "process",
                         .choices = "process,machine"}),
      option<&BufferOptions::sync_interval>(
          "sync_interval", {.help = "durability = machine: how long messages gather for one "
                                    "fdatasync.",
                            .default_value = "5ms",
                            .min = 0.0001,
                            .max = 10}),
      option<&BufferOptions::overflow>(
          "overflow", {.help = "When full: stop reading from the source, or drop what arrives.",
                       .default_value = "block",
                       .choices = "block,drop_newest"}),
  };
  return table;
}

}  // namespace penstock::engine
