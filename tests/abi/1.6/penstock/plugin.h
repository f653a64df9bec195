#ifndef PENSTOCK_PLUGIN_H
#define PENSTOCK_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#include "penstock/arrow.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PENSTOCK_ABI_MAJOR 1
#define PENSTOCK_ABI_MINOR 6
#define PENSTOCK_ENTRY_SYMBOL "penstock_plugin_entry"
#define PENSTOCK_EXPORT __attribute__((visibility("default")))

#define PENSTOCK_PADDING 64

typedef struct penstock_text {
  const char* data;
  size_t size;
} penstock_text;

typedef enum penstock_status {
  PENSTOCK_OK = 0,

  PENSTOCK_REJECT = 1,

  PENSTOCK_RETRY = 2,

  PENSTOCK_FAILED = 3,

  PENSTOCK_RETRY_LATER = 4
} penstock_status;

typedef enum penstock_kind {
  PENSTOCK_SOURCE = 1,
  PENSTOCK_TRANSFORM = 2,
  PENSTOCK_SINK = 3
} penstock_kind;

typedef enum penstock_option_type {
  PENSTOCK_STRING = 1,
  PENSTOCK_INTEGER = 2,
  PENSTOCK_NUMBER = 3,
  PENSTOCK_BOOLEAN = 4,
  PENSTOCK_DURATION = 5,
  PENSTOCK_SIZE = 6,
  PENSTOCK_LIST = 7,
  PENSTOCK_ENUM = 8,
  PENSTOCK_SECRET = 9
} penstock_option_type;

#define PENSTOCK_OPTION_REQUIRED 1u

#define PENSTOCK_OPTION_IDENTITY 2u

#define PENSTOCK_OPTION_FILE 4u

typedef struct penstock_option {
  uint32_t size;
  int32_t type;
  const char* name;
  const char* default_value;
  const char* unit;
  const char* choices;
  const char* help;
  double min;
  double max;
  uint32_t flags;
} penstock_option;

typedef struct penstock_value {
  uint32_t size;
  int32_t present;
  int64_t integer;
  double number;
  penstock_text text;
  const penstock_text* list;
  size_t list_size;
} penstock_value;

typedef enum penstock_intake {
  PENSTOCK_INTAKE_MEMORY = 1,
  PENSTOCK_INTAKE_DISK = 2,
  PENSTOCK_INTAKE_SYNCED = 3
} penstock_intake;

typedef struct penstock_settings {
  uint32_t size;
  uint32_t parallelism;
  const char* node;
  const char* service;
  const penstock_value* values;
  size_t value_count;

  int32_t intake;

  const struct ArrowSchema* const* inputs;
  size_t input_count;
} penstock_settings;

typedef struct penstock_port {
  uint32_t size;
  const char* name;
  const char* help;
} penstock_port;

typedef enum penstock_metric_kind {
  PENSTOCK_COUNTER = 1,
  PENSTOCK_GAUGE = 2,
  PENSTOCK_FLAG = 3,
  PENSTOCK_HISTOGRAM = 4,
  PENSTOCK_LABEL = 5
} penstock_metric_kind;

typedef struct penstock_metric {
  uint32_t size;
  int32_t kind;
  const char* name;
  const char* status_name;
  const char* help;

  int32_t of_service;
} penstock_metric;

typedef enum penstock_health {
  PENSTOCK_STARTING = 0,
  PENSTOCK_HEALTHY = 1,
  PENSTOCK_DEGRADED = 2
} penstock_health;

typedef struct penstock_range {
  uint32_t size;
  uint32_t chunk;

  const char* intake;
  uint64_t first;
  uint64_t count;
  uint64_t part;
  uint64_t watermark;
} penstock_range;

typedef struct penstock_batch {
  uint32_t size;
  uint32_t input;
  const struct ArrowSchema* schema;
  const struct ArrowArray* const* chunks;
  size_t chunk_count;
  int64_t rows;

  const penstock_range* ranges;
  size_t range_count;
} penstock_batch;

typedef struct penstock_message {
  penstock_text topic;
  penstock_text payload;
  int64_t received_us;
} penstock_message;

typedef struct penstock_source_message {
  uint32_t size;
  uint32_t flags;
  penstock_text topic;
  penstock_text payload;
  int64_t received_us;

  uint32_t identifier;
  uint32_t unused;
  penstock_text attributes;
} penstock_source_message;

#define PENSTOCK_MESSAGE_RETAINED 1u
#define PENSTOCK_MESSAGE_DUPLICATE 2u

typedef struct penstock_context penstock_context;

#define PENSTOCK_APPEND_FORCE 1u

typedef enum penstock_kept {
  PENSTOCK_KEPT_NEW = 1,
  PENSTOCK_KEPT_WHOLE = 2,
  PENSTOCK_KEPT_DOUBTFUL = 3
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

  void (*log)(penstock_context*, int32_t level, penstock_text message);
  void (*set_health)(penstock_context*, int32_t health, penstock_text detail);
  void (*metric_add)(penstock_context*, uint32_t metric, double amount);
  void (*metric_set)(penstock_context*, uint32_t metric, double value);
  void (*metric_observe)(penstock_context*, uint32_t metric, double seconds);
  void (*metric_label)(penstock_context*, uint32_t metric, penstock_text value);

  void (*set_error)(penstock_context*, penstock_text message);

  void (*set_timer)(penstock_context*, int64_t after_ns);

  void (*emit)(penstock_context*, uint32_t port, struct ArrowArray* array,
               const penstock_batch* const* origins, size_t origin_count);

  void (*forward)(penstock_context*, uint32_t port, const penstock_batch* const* batches,
                  size_t batch_count);

  void (*reject_row)(penstock_context*, const penstock_batch*, size_t chunk, int64_t row,
                     penstock_text reason);

  void (*retain)(const penstock_batch*);
  void (*release)(const penstock_batch*);

  size_t (*append)(penstock_context*, const penstock_message* messages, size_t count,
                   uint32_t flags, uint64_t* position);

  int32_t (*wait_for_space)(penstock_context*, int64_t timeout_ns);

  void (*finished)(penstock_context*);

  void (*reject_row_detail)(penstock_context*, const penstock_batch*, size_t chunk, int64_t row,
                            penstock_text reason, penstock_text detail);

  void (*drop)(penstock_context*, uint64_t count);

  size_t (*append_messages)(penstock_context*, const penstock_source_message* messages,
                            size_t count, uint32_t flags, uint64_t* position);

  const char* (*appending_intake)(penstock_context*, const penstock_batch*, size_t range);

  void (*emit_from_chunk)(penstock_context*, uint32_t port, struct ArrowArray* array, size_t chunk);

  int32_t (*is_interrupted)(penstock_context*);

  void (*stored_before)(penstock_context*, int64_t rows);

  const char* (*earlier_run)(penstock_context*, const penstock_batch*, size_t range, size_t index,
                             uint64_t* end);

  void (*passed_over)(penstock_context*, int64_t rows);

  penstock_text (*read_option)(penstock_context*, const char* name);

  void* (*keep)(penstock_context*, const char* name, size_t bytes, int32_t* state);

  void (*reject_part)(penstock_context*, const penstock_batch*, size_t chunk, int64_t row,
                      size_t column, penstock_text part, penstock_text reason,
                      penstock_text detail);
} penstock_host;

typedef struct penstock_report {
  uint32_t size;
  void* engine;
  void (*error)(void* engine, const char* option, penstock_text message);

  void (*warning)(void* engine, const char* option, penstock_text message);
  void (*note)(void* engine, penstock_text message);
  int64_t buffer_size;
} penstock_report;

#define PENSTOCK_NODE_BLOCKING 1u

#define PENSTOCK_NODE_LIGHT 2u

#define PENSTOCK_NODE_REJECTS 4u

typedef struct penstock_node_type {
  uint32_t size;
  int32_t kind;
  uint32_t flags;
  const char* name;
  const char* summary;

  const penstock_option* options;
  size_t option_count;
  const penstock_port* ports;
  size_t port_count;
  const penstock_metric* metrics;
  size_t metric_count;

  void (*check)(const penstock_settings*, const penstock_report*);

  void (*input_schema)(const penstock_settings*, struct ArrowSchema* needed);

  void (*output_schema)(const penstock_settings*, uint32_t port, const struct ArrowSchema* input,
                        struct ArrowSchema* output);

  void* (*create)(const penstock_settings*, const penstock_host*, penstock_context*);
  void (*destroy)(void* instance);

  int32_t (*start)(void* instance);

  void (*stop)(void* instance);

  int32_t (*process)(void* instance, const penstock_batch* batch);

  int32_t (*flush)(void* instance);

  int32_t (*on_timer)(void* instance);

  void (*acknowledged)(void* instance, uint64_t position);

  void (*check_connection)(const penstock_settings*, const penstock_report*);
} penstock_node_type;

typedef struct penstock_plugin {
  uint32_t size;
  uint32_t abi_major;
  uint32_t abi_minor;
  const char* name;
  const char* version;
  const penstock_node_type* types;
  size_t type_count;
} penstock_plugin;

typedef const penstock_plugin* (*penstock_entry_function)(void);

#ifdef __cplusplus
}
#endif

#endif
