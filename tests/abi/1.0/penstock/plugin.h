/* The contract between the Penstock engine and a plugin, in plain C.
 *
 * A plugin is a shared library NAME.so that exports `penstock_plugin_entry`, which
 * returns a description of the node types it holds. Everything that a person may want
 * to know of a node type (options, ports, metrics) is data in that description; the
 * functions are what the engine calls while a pipeline runs.
 *
 * Compatibility. Every struct begins with its size as its writer knew it. Within one
 * PENSTOCK_ABI_MAJOR, fields are only appended; a reader looks at a field only when
 * `size` covers it. Arrays of these structs have the stride that their first element's
 * `size` gives. A plugin built for an older minor version keeps loading.
 *
 * Threads. An instance is entered by one thread at a time, though not always by the same
 * one. `parallelism = n` gives a node n instances, which may run at the same time. A
 * source owns further threads of its own; what they may call is said at each function.
 *
 * Errors. No exception may leave a function of a plugin. A function that fails calls
 * `host->set_error` with a message for the operator and returns the fitting status.
 *
 * plugin.hpp is the C++20 layer over this header and what most plugins use.
 */
#ifndef PENSTOCK_PLUGIN_H
#define PENSTOCK_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#include "penstock/arrow.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PENSTOCK_ABI_MAJOR 1
#define PENSTOCK_ABI_MINOR 0
#define PENSTOCK_ENTRY_SYMBOL "penstock_plugin_entry"
#define PENSTOCK_EXPORT __attribute__((visibility("default")))

/* Bytes that are readable past the end of every variable-length buffer handed to a
 * plugin, so that SIMD readers need no copy (simdjson's SIMDJSON_PADDING). */
#define PENSTOCK_PADDING 64

/* Text that needs no terminator; UTF-8 where it reaches a person. */
typedef struct penstock_text {
  const char* data;
  size_t size;
} penstock_text;

/* What a call of a plugin came to. */
typedef enum penstock_status {
  PENSTOCK_OK = 0,
  /* The whole input batch cannot be used: it leaves by the node's `rejected` port with
   * the text of set_error as the reason. */
  PENSTOCK_REJECT = 1,
  /* The outside is not ready (sink, blocking transform, start): the engine keeps the
   * batch, waits with capped exponential backoff and jitter, and calls again, for ever. */
  PENSTOCK_RETRY = 2,
  /* A bug or a state that the plugin has no answer to. Treated as PENSTOCK_REJECT by a
   * transform and as PENSTOCK_RETRY by a sink, logged and counted as an error. */
  PENSTOCK_FAILED = 3
} penstock_status;

typedef enum penstock_kind {
  PENSTOCK_SOURCE = 1,
  PENSTOCK_TRANSFORM = 2,
  PENSTOCK_SINK = 3
} penstock_kind;

/* ---- Options -------------------------------------------------------------------- */

typedef enum penstock_option_type {
  PENSTOCK_STRING = 1,
  PENSTOCK_INTEGER = 2, /* int64 */
  PENSTOCK_NUMBER = 3,  /* double */
  PENSTOCK_BOOLEAN = 4,
  PENSTOCK_DURATION = 5, /* "100ms"; in nanoseconds */
  PENSTOCK_SIZE = 6,     /* "1GiB"; in bytes */
  PENSTOCK_LIST = 7,     /* strings: a TOML array, or one comma-separated string */
  PENSTOCK_ENUM = 8,     /* one of `choices` */
  PENSTOCK_SECRET = 9    /* a string that is never shown */
} penstock_option_type;

#define PENSTOCK_OPTION_REQUIRED 1u

/* One option of a node. From this come parsing, checks, messages and documentation. */
typedef struct penstock_option {
  uint32_t size;
  int32_t type; /* penstock_option_type */
  const char* name;
  const char* default_value; /* as one would write it in the file, or NULL: none */
  const char* unit;          /* for people ("rows"), or NULL */
  const char* choices;       /* PENSTOCK_ENUM: separated by commas, else NULL */
  const char* help;          /* one line */
  double min;                /* inclusive; numbers, durations (ns) and sizes (bytes) */
  double max;                /* inclusive */
  uint32_t flags;            /* PENSTOCK_OPTION_… */
} penstock_option;

/* A parsed option. Valid as long as the struct that it came in; copy what you keep. */
typedef struct penstock_value {
  uint32_t size;
  int32_t present; /* 0: not in the file and without a default */
  int64_t integer; /* integer, boolean, ns, bytes, or the index of the choice */
  double number;
  penstock_text text; /* string, secret, and the choice's name */
  const penstock_text* list;
  size_t list_size;
} penstock_value;

/* A node as the pipeline file describes it: what its plugin's functions start from. */
typedef struct penstock_settings {
  uint32_t size;
  uint32_t parallelism;         /* instances that this node has */
  const char* node;             /* the node's name */
  const char* service;          /* [service] name */
  const penstock_value* values; /* one for each option, in the table's order */
  size_t value_count;
} penstock_settings;

/* ---- Ports and metrics ---------------------------------------------------------- */

/* A named output. A transform or sink has `rejected` besides, which the engine adds:
 * the input's columns and `node: utf8`, `reason: utf8`. */
typedef struct penstock_port {
  uint32_t size;
  const char* name; /* the first is the default, by custom "out" */
  const char* help;
} penstock_port;

typedef enum penstock_metric_kind {
  PENSTOCK_COUNTER = 1,
  PENSTOCK_GAUGE = 2,     /* a node's value is the sum over its instances */
  PENSTOCK_FLAG = 3,      /* 0 or 1; a node's value is 1 when every instance's is */
  PENSTOCK_HISTOGRAM = 4, /* seconds; in /status its mean in milliseconds */
  PENSTOCK_LABEL = 5      /* a text, for /status only */
} penstock_metric_kind;

/* One thing that a node type measures. Its index in the table names it in host calls. */
typedef struct penstock_metric {
  uint32_t size;
  int32_t kind;            /* penstock_metric_kind */
  const char* name;        /* "parse_errors_total"; NULL: not in /metrics */
  const char* status_name; /* key in the node's section of /status; NULL: not there */
  const char* help;
  /* 1: exported as <service>_<name>, without a node label, summed over the nodes that
   * declare it. 0: exported as penstock_<name>{node="…"}. */
  int32_t of_service;
} penstock_metric;

typedef enum penstock_health {
  PENSTOCK_STARTING = 0, /* not ready, nothing is wrong yet */
  PENSTOCK_HEALTHY = 1,
  PENSTOCK_DEGRADED = 2
} penstock_health;

/* ---- Batches -------------------------------------------------------------------- */

/* Rows on their way along an edge. Immutable, shared, owned by the engine: valid until
 * the call that it came with returns, longer if retained. `chunks` are struct arrays of
 * the one schema; most batches have one chunk, a batcher's output has many (nothing is
 * copied to merge). The schema's address is the same for every batch of an edge. */
typedef struct penstock_batch {
  uint32_t size;
  uint32_t input; /* index in the node's `inputs` */
  const struct ArrowSchema* schema;
  const struct ArrowArray* const* chunks;
  size_t chunk_count;
  int64_t rows; /* over all chunks */
} penstock_batch;

/* A message as a source hands it in; copied before append returns. */
typedef struct penstock_message {
  penstock_text topic;   /* UTF-8 */
  penstock_text payload; /* any bytes */
  int64_t received_us;   /* µs since 1970, UTC */
} penstock_message;

/* ---- What the engine offers ------------------------------------------------------ */

typedef struct penstock_context penstock_context; /* one for each instance */

/* append: take the messages even when the intake is full. For a receiver that has
 * already promised them to the outside; it must then pause (see wait_for_space). */
#define PENSTOCK_APPEND_FORCE 1u

typedef enum penstock_log_level {
  PENSTOCK_LOG_DEBUG = 1,
  PENSTOCK_LOG_INFO = 2,
  PENSTOCK_LOG_WARNING = 3,
  PENSTOCK_LOG_ERROR = 4
} penstock_log_level;

typedef struct penstock_host {
  uint32_t size;
  uint32_t abi_minor;

  /* From any thread. Texts are copied. The engine logs changes of a node's health, so a
   * plugin need not. */
  void (*log)(penstock_context*, int32_t level, penstock_text message);
  void (*set_health)(penstock_context*, int32_t health, penstock_text detail);
  void (*metric_add)(penstock_context*, uint32_t metric, double amount);
  void (*metric_set)(penstock_context*, uint32_t metric, double value);
  void (*metric_observe)(penstock_context*, uint32_t metric, double seconds);
  void (*metric_label)(penstock_context*, uint32_t metric, penstock_text value);

  /* From inside a call of the instance: the message of the error being returned. */
  void (*set_error)(penstock_context*, penstock_text message);

  /* From inside a call: on_timer is called once, `after_ns` from now. One timer an
   * instance: a second call replaces the first, a negative time disarms it. */
  void (*set_timer)(penstock_context*, int64_t after_ns);

  /* From inside process, flush or on_timer: sends rows out by a port (its index in the
   * table). `array` is moved: the engine releases it. It carries the provenance of
   * `origins`; with none given, of the batch being processed. */
  void (*emit)(penstock_context*, uint32_t port, struct ArrowArray* array,
               const penstock_batch* const* origins, size_t origin_count);
  /* Likewise, for batches that go on as they came: merged into one, without a copy. */
  void (*forward)(penstock_context*, uint32_t port, const penstock_batch* const* batches,
                  size_t batch_count);
  /* From inside process: this row leaves by `rejected`, with a reason for the operator. */
  void (*reject_row)(penstock_context*, const penstock_batch*, size_t chunk, int64_t row,
                     penstock_text reason);

  /* From any thread: keep a batch beyond the call; let it go again. */
  void (*retain)(const penstock_batch*);
  void (*release)(const penstock_batch*);

  /* Sources, from one thread at a time, between start and stop. Returns how many of the
   * messages were taken, from the first on; fewer than `count` when the intake is full.
   * `position`, if not NULL, receives the position after the last one taken. */
  size_t (*append)(penstock_context*, const penstock_message* messages, size_t count,
                   uint32_t flags, uint64_t* position);
  /* Sources, any thread: waits until the intake has room; 1 if it has, 0 after the time
   * or when the engine is stopping. */
  int32_t (*wait_for_space)(penstock_context*, int64_t timeout_ns);
  /* Sources, any thread: nothing more will come. When every source has said so, and all
   * is done, the engine ends. */
  void (*finished)(penstock_context*);
} penstock_host;

/* Complaints about a node's options; `option` names one of them, or is NULL. */
typedef struct penstock_report {
  uint32_t size;
  void* engine;
  void (*error)(void* engine, const char* option, penstock_text message);
} penstock_report;

/* ---- What a plugin offers ------------------------------------------------------- */

#define PENSTOCK_NODE_BLOCKING 1u /* a transform that may block: it runs on lanes */

typedef struct penstock_node_type {
  uint32_t size;
  int32_t kind; /* penstock_kind */
  uint32_t flags;
  const char* name;
  const char* summary; /* one line */

  const penstock_option* options;
  size_t option_count;
  const penstock_port* ports;
  size_t port_count;
  const penstock_metric* metrics;
  size_t metric_count;

  /* May be NULL: checks across options, without touching the outside. */
  void (*check)(const penstock_settings*, const penstock_report*);
  /* Transforms and sinks: the columns needed, by name, any order, more may come. NULL,
   * or a schema left unreleased (release == NULL): accepts any. */
  void (*input_schema)(const penstock_settings*, struct ArrowSchema* needed);
  /* Transforms: what leaves by a port; `input` is what comes in. Sources emit message
   * batches and need none. NULL: the same as what comes in. */
  void (*output_schema)(const penstock_settings*, uint32_t port, const struct ArrowSchema* input,
                        struct ArrowSchema* output);

  /* Returns NULL after set_error when it cannot be. Must not block. */
  void* (*create)(const penstock_settings*, const penstock_host*, penstock_context*);
  void (*destroy)(void* instance);

  /* May be NULL. A source begins to append; a sink connects (PENSTOCK_RETRY until it
   * can). Called before any other function below. */
  int32_t (*start)(void* instance);
  /* Sources, may be NULL elsewhere: appends nothing more after it returns. */
  void (*stop)(void* instance);
  /* Transforms and sinks. For a sink PENSTOCK_OK means: stored. */
  int32_t (*process)(void* instance, const penstock_batch* batch);
  /* May be NULL: emit whatever is held. */
  int32_t (*flush)(void* instance);
  /* May be NULL: the timer that set_timer armed. */
  int32_t (*on_timer)(void* instance);
  /* Sources, may be NULL, from an engine thread: every message below `position` is done. */
  void (*acknowledged)(void* instance, uint64_t position);
} penstock_node_type;

/* A library. `name` is the file's name without ".so". */
typedef struct penstock_plugin {
  uint32_t size;
  uint32_t abi_major; /* PENSTOCK_ABI_MAJOR as the plugin was built */
  uint32_t abi_minor;
  const char* name;
  const char* version;
  const penstock_node_type* types;
  size_t type_count;
} penstock_plugin;

/* The symbol PENSTOCK_ENTRY_SYMBOL. The result lives as long as the library is loaded. */
typedef const penstock_plugin* (*penstock_entry_function)(void);

#ifdef __cplusplus
}
#endif

#endif
