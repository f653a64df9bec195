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
 * `size` gives. A plugin built for an older minor version keeps loading, and a plugin says
 * which minor version it needs: see PENSTOCK_TARGET_MINOR.
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
#define PENSTOCK_ABI_MINOR 8
#define PENSTOCK_ENTRY_SYMBOL "penstock_plugin_entry"
#define PENSTOCK_EXPORT __attribute__((visibility("default")))

/* The minor version that a plugin needs, which goes into `abi_minor` of its penstock_plugin; an
 * older engine refuses it. Define it before this header to need a later one. The default does not
 * grow with the SDK: plugin.hpp asks at run time for most of what came after it, and does without.
 * What an older engine would silently ignore, such as flags of options and node types, needs the
 * version that it came with ("Since 1.7"). */
#ifndef PENSTOCK_TARGET_MINOR
#define PENSTOCK_TARGET_MINOR 4
#endif
#if PENSTOCK_TARGET_MINOR > PENSTOCK_ABI_MINOR
#error "PENSTOCK_TARGET_MINOR is beyond PENSTOCK_ABI_MINOR; use a newer SDK"
#endif

/* Bytes that are readable past the end of every variable-length buffer handed to a
 * plugin, so that SIMD readers need no copy (simdjson's SIMDJSON_PADDING). What a plugin emits
 * needs none: see PENSTOCK_NODE_PADS. */
#define PENSTOCK_PADDING 64

/* Text that needs no terminator; UTF-8 where it reaches a person. */
typedef struct penstock_text {
  const char* data;
  size_t size;
} penstock_text;

/* What a call of a plugin came to. What the engine does about it:
 *
 *                 | source  | transform | blocking transform | sink
 * start           |         |           |                    |
 *   any but OK    | again   | ends      | again              | again
 * process         |         |           |                    |
 *   REJECT        |         | rejects   | rejects            | rejects
 *   RETRY         |         | fails     | again              | again
 *   RETRY_LATER   |         | fails     | again              | later
 *   FAILED        |         | fails     | fails              | again
 * flush, on_timer |         |           |                    |
 *   RETRY, _LATER | error   | error     | again              | again
 *   REJECT, FAILED| error   | error     | error              | error
 *
 * again:   the engine waits, with capped exponential backoff and jitter, and makes the same call
 *          once more, for ever or until it stops; the node's health is degraded.
 * later:   the same, but batches that came later may go first.
 * rejects: the batch leaves by `rejected`, with the text of set_error as the reason.
 * fails:   the same, and it is logged and counted as an error.
 * error:   it is logged and counted. `flush` is called again as long as a stop waits for messages
 *          that are not done, `on_timer` when a timer is set again.
 * ends:    the engine does not start (`penstock check` refuses the file). Such a transform waits
 *          for nothing, so it has nothing to try again.
 *
 * A status that is none of these is PENSTOCK_FAILED, and so is an exception, or a call of the host
 * that the engine had to refuse.
 *
 * Of a call of process that does not return PENSTOCK_OK nothing remains: what it emitted, forwarded,
 * rejected by rows and counted of its batch is dropped, since the batch is rejected or comes again.
 * What it gave out of batches held from earlier calls goes on, as does all that flush and on_timer
 * gave out, whatever they returned: nobody has these rows any more. */
typedef enum penstock_status {
  PENSTOCK_OK = 0,
  /* The whole batch cannot be used. */
  PENSTOCK_REJECT = 1,
  /* The outside is not ready. */
  PENSTOCK_RETRY = 2,
  /* A bug, or a state that the plugin has no answer to. */
  PENSTOCK_FAILED = 3,
  /* Since 1.5. As PENSTOCK_RETRY, but other batches may show whose fault it is. */
  PENSTOCK_RETRY_LATER = 4
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
/* Since 1.4. With the type's other options of this flag it names what a node holds alone, such as a
 * broker's session: two nodes of the type with the same values are refused. */
#define PENSTOCK_OPTION_IDENTITY 2u
/* Since 1.5. A file's path, or - for none: with PENSTOCK_OPTION_IDENTITY, two values are the same
 * when they lead to one file, or to names that one writer gives: PATH and PATH.1. */
#define PENSTOCK_OPTION_FILE 4u
/* Since 1.7. A source's: the name of the session that the outside keeps for it. Its type can end such
 * a session: see ends_session of penstock_settings. */
#define PENSTOCK_OPTION_SESSION 8u

/* One option of a node. From this come parsing, checks, messages and documentation. */
typedef struct penstock_option {
  uint32_t size;
  int32_t type; /* penstock_option_type */
  const char* name;
  const char* default_value; /* as one would write it in the file, or NULL: none */
  const char* unit;          /* for people ("rows"), or NULL */
  const char* choices;       /* PENSTOCK_ENUM: separated by commas, else NULL */
  const char* help;          /* one line */
  /* Both inclusive; of integers, numbers, durations (ns) and sizes (bytes). Both 0: no bounds. For a
   * bound on one side alone, let the other be -HUGE_VAL or HUGE_VAL of math.h. The default must be
   * within them, or the library is refused. */
  double min;
  double max;
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

/* Where a source's messages are once it has appended them. */
typedef enum penstock_intake {
  PENSTOCK_INTAKE_MEMORY = 1, /* in memory: safe when done */
  PENSTOCK_INTAKE_DISK = 2,   /* in a file: safe from the death of the process at once */
  PENSTOCK_INTAKE_SYNCED = 3  /* the same, and safe from that of the machine when synced */
} penstock_intake;

/* A node as the pipeline file describes it: what its plugin's functions start from. */
typedef struct penstock_settings {
  uint32_t size;
  uint32_t parallelism;         /* instances that this node has */
  const char* node;             /* the node's name */
  const char* service;          /* [service] name */
  const penstock_value* values; /* one for each option, in the table's order */
  size_t value_count;
  /* Since 1.1. penstock_intake: a source's own; for others the least safe that reaches them. */
  int32_t intake;
  /* Since 1.5. The columns of each of its inputs. None as long as they are not known: in
   * `input_schema` and `output_schema`, and in `check` of a source; before 1.8 in `check` of a
   * transform, too. */
  const struct ArrowSchema* const* inputs;
  size_t input_count;
  /* Since 1.7. Sources: PENSTOCK_COLUMN_…, the columns that their messages have besides topic,
   * payload and received. Others: 0. */
  uint32_t extra_columns;
  /* Since 1.7. 1: a source whose type has an option of PENSTOCK_OPTION_SESSION is to take what waits
   * in that session, end the session, and call `finished`, or `give_up` when it can't. */
  int32_t ends_session;
} penstock_settings;

#define PENSTOCK_COLUMN_RETAINED 1u   /* "retained": bool, by PENSTOCK_MESSAGE_RETAINED */
#define PENSTOCK_COLUMN_ATTRIBUTES 2u /* "attributes": utf8?, those of the message */

/* ---- Ports and metrics ---------------------------------------------------------- */

/* A named output. A transform or sink has `rejected` besides, which the engine adds:
 * the input's columns and `node: utf8`, `reason: utf8`, `detail: utf8?`. */
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

/* Since 1.1. Where rows come from: a run of messages of one intake. A sink that remembers, in
 * the transaction that stores them, (intake, first, part) of a chunk's ranges knows after a crash
 * what it has stored already: messages that are handed out again come in the same ranges. */
typedef struct penstock_range {
  uint32_t size;
  uint32_t chunk; /* index of the chunk that the range is an origin of */
  /* Its id, 32 hexadecimal digits, unique in the world; "" for memory. 16 of its folder, 8 of the
   * run (of the engine, counted) that appended the messages, 8 at random: so a copy of a folder
   * gives no new message the name of another. Positions go on from run to run. */
  const char* intake;
  uint64_t first;     /* position of its first message */
  uint64_t count;     /* of messages */
  uint64_t part;      /* tells apart the chunks that were made of the same messages; the same when
                         they are made again, as long as nodes keep their names and do the same */
  uint64_t watermark; /* no message of this intake below this position comes again */
} penstock_range;

/* Types of columns that may travel, by Arrow's format strings; a schema that declares another is
 * refused by `penstock check` and at the start:
 *
 *   b                    bool
 *   c C s S i I l L      int8, uint8, int16, uint16, int32, uint32, int64, uint64
 *   f g                  float32, float64
 *   u U                  utf8, large_utf8
 *   z Z                  binary, large_binary
 *   tdD                  date32
 *   tss: tsm: tsu:       timestamp in s, ms or µs, with a zone behind the colon or without
 *   d:P,S                decimal128 of precision P (at most 38) and scale S
 *
 * Since 1.8 the metadata key ARROW:extension:name of a column goes along. Known are, of utf8,
 * "arrow.json", and "postgresql." with the name of one of PostgreSQL's types, such as
 * "postgresql.numeric" or "postgresql.text[]": the texts are those of such values.
 */

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
  /* Since 1.1: by rising `chunk`, one or more for each. */
  const penstock_range* ranges;
  size_t range_count;
} penstock_batch;

/* A message as a source hands it in; copied before append returns. */
typedef struct penstock_message {
  penstock_text topic;   /* UTF-8 */
  penstock_text payload; /* any bytes */
  int64_t received_us;   /* µs since 1970, UTC */
} penstock_message;

/* Since 1.4. The same with what the source knows besides. In an array all are of the first's size.
 */
typedef struct penstock_source_message {
  uint32_t size;
  uint32_t flags; /* PENSTOCK_MESSAGE_… */
  penstock_text topic;
  penstock_text payload;
  int64_t received_us;
  /* The source's own name of the message on its connection, so that it knows a repetition after a
   * restart; 0: none. */
  uint32_t identifier;
  uint32_t unused;
  penstock_text attributes; /* a JSON object, or empty; for PENSTOCK_COLUMN_ATTRIBUTES */
} penstock_source_message;

#define PENSTOCK_MESSAGE_RETAINED 1u  /* kept by the broker: older than its subscription */
#define PENSTOCK_MESSAGE_DUPLICATE 2u /* the sender says that it may have come before */

/* ---- What the engine offers ------------------------------------------------------ */

typedef struct penstock_context penstock_context; /* one for each instance */

/* append: take the messages even when the intake is full. For a receiver that has
 * already promised them to the outside; it must then pause (see wait_for_space). */
#define PENSTOCK_APPEND_FORCE 1u

/* Since 1.6. What `keep` of the host gives. */
typedef enum penstock_kept {
  PENSTOCK_KEPT_NEW = 1,     /* zeros */
  PENSTOCK_KEPT_WHOLE = 2,   /* as the last process left it, with all of its messages */
  PENSTOCK_KEPT_DOUBTFUL = 3 /* it may not match the messages: the machine has rebooted since,
                                messages were damaged, the file is a copy, or another process
                                appended some without it */
} penstock_kept;

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
  /* From inside process, flush or on_timer: this row of a batch, the one being processed or one
   * that is retained, leaves by `rejected`, with a reason for the operator. A batch that the node
   * does not have, or a row that is not in it, is refused: the call of the plugin has failed. */
  void (*reject_row)(penstock_context*, const penstock_batch*, size_t chunk, int64_t row,
                     penstock_text reason);

  /* From any thread: keep a batch beyond the call; let it go again, as often as it was kept. */
  void (*retain)(const penstock_batch*);
  void (*release)(const penstock_batch*);

  /* Sources, from one thread at a time, between start and stop. Returns how many of the
   * messages were taken, from the first on; fewer than `count` when the intake is full.
   * `position`, if not NULL, receives the position after the last one taken; with a `count` of 0
   * that of the next one. */
  size_t (*append)(penstock_context*, const penstock_message* messages, size_t count,
                   uint32_t flags, uint64_t* position);
  /* Sources, any thread: waits until the intake has room; 1 if it has, 0 after the time
   * or when the engine is stopping. */
  int32_t (*wait_for_space)(penstock_context*, int64_t timeout_ns);
  /* Sources, any thread: nothing more will come. When every source has said so, and all
   * is done, the engine ends. */
  void (*finished)(penstock_context*);

  /* Since 1.2. As reject_row; `detail` is for who looks closer: a column, an error's code. */
  void (*reject_row_detail)(penstock_context*, const penstock_batch*, size_t chunk, int64_t row,
                            penstock_text reason, penstock_text detail);
  /* Since 1.2. Sources, any thread: so many messages came and were dropped on purpose, by a limit
   * that the operator set. They are counted, so that what came in adds up.
   * Since 1.5. Sinks: `count` rejected rows that this or an earlier run had kept were deleted
   * unreplayed by such a limit. They are counted as `rejected_discarded`, beside the others. */
  void (*drop)(penstock_context*, uint64_t count);
  /* Since 1.4. As append. */
  size_t (*append_messages)(penstock_context*, const penstock_source_message* messages,
                            size_t count, uint32_t flags, uint64_t* position);
  /* Since 1.4. From inside process: the id under which the intake of one of the batch's ranges
   * appends now. A ledger that knows a later run of its folder was not written by this folder
   * alone. */
  const char* (*appending_intake)(penstock_context*, const penstock_batch*, size_t range);
  /* Since 1.5. From inside process, as emit: rows made of nothing but this chunk of the batch being
   * processed. What is made of several chunks can't be known again after a restart, when batches
   * are put together otherwise; so whoever can tells the chunk. */
  void (*emit_from_chunk)(penstock_context*, uint32_t port, struct ArrowArray* array, size_t chunk);
  /* Since 1.5. Sinks and blocking transforms, any thread: 1 once the instance is to end, for a reload
   * or after a stop has drained; it never goes back to 0. A call that waits for the outside then
   * returns PENSTOCK_RETRY soon; its batch is handed out again. For other nodes always 0. */
  int32_t (*is_interrupted)(penstock_context*);
  /* Since 1.5. Sinks, from inside process: `rows` rows of the batch were not written because a ledger
   * shows that an earlier run stored them. They are counted as `stored_before`, not `stored`. */
  void (*stored_before)(penstock_context*, int64_t rows);
  /* Since 1.5. From inside process: the ids of earlier runs of the folder of the range's intake,
   * newest first, as far as they are known; NULL past the end. Valid as long as the batch. `end`
   * becomes the position after the run's last message in this folder. A ledger deletes only entries
   * of these below their ends, of `intake` of the ranges it sees, and of appending_intake: others
   * with the same 16 digits may belong to a copy of the folder. */
  const char* (*earlier_run)(penstock_context*, const penstock_batch*, size_t range, size_t index,
                             uint64_t* end);
  /* Since 1.5. The same as stored_before, of rows that the other side left out by its own rules,
   * such as a trigger or a key that it has. They are counted as `passed_over`. */
  void (*passed_over)(penstock_context*, int64_t rows);
  /* Since 1.5. From inside a call: the text of the option of this name as it is now, if the pipeline
   * file has it from a file or a credential, such as a password that was changed; valid until the
   * next call of this. A NULL `data`: it has not, or it cannot be read, which the engine logs. */
  penstock_text (*read_option)(penstock_context*, const char* name);
  /* Since 1.6. Sources, from inside start: memory of `bytes` bytes, stored in the intake's folder,
   * that survives a crash of the process as its messages do: what is stored there before append is
   * there whenever the messages are. The first append after a start says that what it holds fits to
   * the messages. `name`: one of the source's own, of lower-case letters, and since 1.7 of digits
   * and hyphens behind the first. `state` becomes a penstock_kept. Valid until destroy returns. NULL: a memory intake, or no room for it, which the
   * engine logs. */
  void* (*keep)(penstock_context*, const char* name, size_t bytes, int32_t* state);
  /* Since 1.6. As reject_row_detail, of a part of a row: a message of many points, of which some
   * are bad. What leaves is the row with `part` in the place of its text or binary column
   * `column` (its index in the schema); `part` should give those points when it is put through
   * again, and no others. A row may have any number of bad parts beside what is emitted of it; each
   * is counted as a row. */
  void (*reject_part)(penstock_context*, const penstock_batch*, size_t chunk, int64_t row,
                      size_t column, penstock_text part, penstock_text reason,
                      penstock_text detail);
  /* Since 1.7. Sources, any thread: as `finished`, when what the source was to do cannot be done. The
   * engine logs why, and ends with exit code 1 once all sources have finished and what was appended
   * is stored. */
  void (*give_up)(penstock_context*, penstock_text why);
} penstock_host;

/* Complaints about a node's options; `option` names one of them, or is NULL. */
typedef struct penstock_report {
  uint32_t size;
  void* engine;
  void (*error)(void* engine, const char* option, penstock_text message);
  /* Since 1.3: it runs, but is unlikely to be what was meant; what was tried and is ok. */
  void (*warning)(void* engine, const char* option, penstock_text message);
  void (*note)(void* engine, penstock_text message);
  int64_t buffer_size; /* records that the pipeline works on at a time */
  /* Since 1.8. As `error`, of what stands at this byte of the option's text, such as a name in a
   * query. `hint`: what to do, or empty. */
  void (*error_at)(void* engine, const char* option, size_t byte, penstock_text message,
                   penstock_text hint);
} penstock_report;

/* ---- What a plugin offers ------------------------------------------------------- */

#define PENSTOCK_NODE_BLOCKING 1u /* a transform that may block: it runs on lanes */
/* Since 1.1. A transform whose calls take microseconds, however many rows there are: they are made
 * in the thread that the batch comes from, and no worker is kept for them. */
#define PENSTOCK_NODE_LIGHT 2u
/* Since 1.2. It calls reject_row; `penstock check` warns if nothing reads its `rejected`. */
#define PENSTOCK_NODE_REJECTS 4u
/* Since 1.7. A source whose messages may be flagged as retained, and one that has attributes for
 * them where it is asked for the column. */
#define PENSTOCK_NODE_RETAINED 8u
#define PENSTOCK_NODE_ATTRIBUTES 16u
/* Since 1.8. PENSTOCK_PADDING bytes are readable past the end of every variable-length buffer that
 * it emits. Of node types that do not say so, the engine copies these buffers. The builders of
 * plugin.hpp pad. */
#define PENSTOCK_NODE_PADS 32u
/* Since 1.8. What the engine's own commands work with; of several, the first by name counts.
 * A source that reads messages, or a sink that writes rows, as JSON lines; its option `path` names
 * the file. `penstock test` puts them in the place of a pipeline's sources and sinks, and `penstock
 * init` has the sink take what is rejected. */
#define PENSTOCK_NODE_FILE 64u
/* Since 1.8. For `penstock replay`. A source that reads dead letters once and marks them, with
 * PENSTOCK_NODE_FILE and the options `replay`, `node`, `rows`, `columns` and `until`; and a transform
 * that turns letters of rows into these rows, with the option `columns`. */
#define PENSTOCK_NODE_LETTERS 128u
/* Since 1.8. A transform that `penstock init` puts between source and sink if it is not told
 * otherwise: those that need columns first, then those that accept any. */
#define PENSTOCK_NODE_USUAL 256u
/* Since 1.8. For `penstock sql`: a transform whose option `query` says what it makes of rows. */
#define PENSTOCK_NODE_QUERY 512u

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

  /* The three that follow, and check_connection, are called before there is an instance, from one
   * thread at a time; after a reload of the pipeline file also while other instances of the type
   * run in other threads. */

  /* May be NULL: checks across options, and of the local files that they name. Connects to
   * nothing, changes nothing, and does not wait. */
  void (*check)(const penstock_settings*, const penstock_report*);
  /* Transforms and sinks: the columns needed, by name, any order, more may come. NULL,
   * or `needed` left as it came (release == NULL): accepts any. The engine releases it. */
  void (*input_schema)(const penstock_settings*, struct ArrowSchema* needed);
  /* Transforms: what leaves by a port; `input` is what comes in. Sources emit message
   * batches and need none. NULL: the same as what comes in. `input` stays the engine's, `output`
   * becomes it. */
  void (*output_schema)(const penstock_settings*, uint32_t port, const struct ArrowSchema* input,
                        struct ArrowSchema* output);

  /* Returns NULL after set_error when it cannot be. Must not block, nor connect to anything:
   * `penstock check` makes instances, too, beside an engine that runs. */
  void* (*create)(const penstock_settings*, const penstock_host*, penstock_context*);
  void (*destroy)(void* instance);

  /* May be NULL. A source begins to append; a sink connects (PENSTOCK_RETRY until it
   * can). Called before any other function below.
   * A transform's may refuse, but must not block, nor connect to anything: `penstock check` calls
   * it after `create`, so that it refuses what `penstock run` would. It calls no source's and no
   * sink's. */
  int32_t (*start)(void* instance);
  /* Sources, may be NULL elsewhere: appends nothing more after it returns. */
  void (*stop)(void* instance);
  /* Transforms and sinks. For a sink PENSTOCK_OK means: stored. */
  int32_t (*process)(void* instance, const penstock_batch* batch);
  /* May be NULL: emit whatever is held. */
  int32_t (*flush)(void* instance);
  /* May be NULL: the timer that set_timer armed. */
  int32_t (*on_timer)(void* instance);
  /* Sources, may be NULL, from an engine thread: every message below `position` is safe, as
   * `intake` of the settings says, and may be acknowledged to the outside. Goes on after `stop`,
   * until `destroy`. */
  void (*acknowledged)(void* instance, uint64_t position);

  /* Since 1.3, may be NULL. For `penstock check --connect`, after `check` found nothing wrong:
   * tries what the node needs of the outside (addresses, logins, rights, tables), changes nothing
   * there, takes nothing from a node that runs, and says what an operator must change. Returns
   * within the time that its options give an attempt. */
  void (*check_connection)(const penstock_settings*, const penstock_report*);
} penstock_node_type;

/* A library. `name` is the file's name without ".so". */
typedef struct penstock_plugin {
  uint32_t size;
  uint32_t abi_major; /* PENSTOCK_ABI_MAJOR as the plugin was built */
  uint32_t abi_minor; /* PENSTOCK_TARGET_MINOR as the plugin was built */
  const char* name;
  const char* version;
  const penstock_node_type* types;
  size_t type_count;
} penstock_plugin;

/* The symbol PENSTOCK_ENTRY_SYMBOL, which every plugin defines. The result lives as long as the
 * library is loaded. */
typedef const penstock_plugin* (*penstock_entry_function)(void);
extern PENSTOCK_EXPORT const penstock_plugin* penstock_plugin_entry(void);

#ifdef __cplusplus
}
#endif

#endif
