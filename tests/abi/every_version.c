/* A plugin as its author would have written it against each minor version of plugin.h: compiled
 * once with each frozen header, it uses what that version offers. `source` appends "0" to "count -
 * 1"; `transform` makes a line of each and rejects every tenth; `gather` holds batches and forwards
 * them merged; `sink` writes the lines to a file. Any surprise is a failure that a run doesn't
 * survive. */
#include <penstock/plugin.h>

#include <float.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SINCE(minor) (PENSTOCK_ABI_MINOR >= (minor))

static penstock_text text_of(const char* chars) {
  const penstock_text text = {chars, strlen(chars)};
  return text;
}

static int text_is(penstock_text text, const char* chars) {
  return text.size == strlen(chars) && memcmp(text.data, chars, text.size) == 0;
}

/* What every instance has. */
typedef struct base {
  const penstock_host* host;
  penstock_context* context;
} base;

static int32_t fail(const base* self, const char* why) {
  self->host->set_error(self->context, text_of(why));
  return PENSTOCK_FAILED;
}

static void* create(const penstock_host* host, penstock_context* context, size_t size) {
  base* self = (base*)calloc(1, size);
  if (!self) abort();
  self->host = host;
  self->context = context;
  if (host->size < sizeof(penstock_host) || (int)host->abi_minor < PENSTOCK_ABI_MINOR) {
    host->set_error(context, text_of("the engine offers less than this plugin was built for"));
    free(self);
    return NULL;
  }
  return self;
}

/* ---- Schemas, and the memory of rows ---- */

static void release_schema(struct ArrowSchema* schema) {
  for (int64_t i = 0; i < schema->n_children; ++i) {
    schema->children[i]->release(schema->children[i]);
    free(schema->children[i]);
  }
  free(schema->children);
  schema->release = NULL;
}

static void make_column(struct ArrowSchema* schema, const char* format, const char* name,
                        int64_t children) {
  memset(schema, 0, sizeof(*schema));
  schema->format = format;
  schema->name = name;
  schema->n_children = children;
  if (children > 0) schema->children = calloc((size_t)children, sizeof(*schema->children));
  for (int64_t i = 0; i < children; ++i) schema->children[i] = calloc(1, sizeof(*schema));
  schema->release = release_schema;
}

static void release_array(struct ArrowArray* array) {
  for (int64_t i = 0; i < array->n_buffers; ++i) free((void*)array->buffers[i]);
  free(array->buffers);
  for (int64_t i = 0; i < array->n_children; ++i) {
    array->children[i]->release(array->children[i]);
    free(array->children[i]);
  }
  free(array->children);
  array->release = NULL;
}

static void make_array(struct ArrowArray* array, int64_t rows, int64_t buffers, int64_t children) {
  memset(array, 0, sizeof(*array));
  array->length = rows;
  array->n_buffers = buffers;
  array->buffers = calloc((size_t)buffers, sizeof(*array->buffers));
  array->n_children = children;
  if (children > 0) array->children = calloc((size_t)children, sizeof(*array->children));
  for (int64_t i = 0; i < children; ++i) array->children[i] = calloc(1, sizeof(*array));
  array->release = release_array;
}

static penstock_text cell(const struct ArrowArray* column, int64_t row) {
  const int32_t* offsets = (const int32_t*)column->buffers[1] + column->offset;
  const penstock_text text = {(const char*)column->buffers[2] + offsets[row],
                              (size_t)(offsets[row + 1] - offsets[row])};
  return text;
}

static const struct ArrowArray* column_of(const penstock_batch* batch, size_t chunk,
                                          const char* name) {
  for (int64_t i = 0; i < batch->schema->n_children; ++i) {
    if (strcmp(batch->schema->children[i]->name, name) == 0)
      return batch->chunks[chunk]->children[i];
  }
  return NULL;
}

/* ---- source ---- */

typedef struct source {
  base base;
  int64_t count;
  pthread_t thread;
  int has_thread, stopping;
  uint64_t acknowledged;
  pthread_mutex_t mutex;
  pthread_cond_t changed;
} source;

static const penstock_option source_options[] = {{.size = sizeof(penstock_option),
                                                  .type = PENSTOCK_INTEGER,
                                                  .name = "count",
                                                  .default_value = "1000",
                                                  .unit = "messages",
                                                  .help = "Messages to append.",
                                                  .min = 1,
                                                  .max = 1000000}};

static void* source_create(const penstock_settings* settings, const penstock_host* host,
                           penstock_context* context) {
  source* self = create(host, context, sizeof(source));
  if (!self) return NULL;
  self->count = settings->values[0].integer;
  pthread_mutex_init(&self->mutex, NULL);
  pthread_cond_init(&self->changed, NULL);
#if SINCE(1)
  if (settings->intake != PENSTOCK_INTAKE_DISK) {
    fail(&self->base, "its intake is not on disk");
    free(self);
    return NULL;
  }
#endif
#if SINCE(7)
  if (settings->extra_columns != PENSTOCK_COLUMN_RETAINED || settings->ends_session) {
    fail(&self->base, "nobody asks for the column `retained`");
    free(self);
    return NULL;
  }
#endif
  return self;
}

static size_t append(source* self, int64_t number, uint64_t* position) {
  char payload[24], topic[24];
  snprintf(payload, sizeof(payload), "%" PRId64, number);
  snprintf(topic, sizeof(topic), "t/%" PRId64, number % 3);
#if SINCE(4)
  penstock_source_message message = {.size = sizeof(message),
                                     .topic = text_of(topic),
                                     .payload = text_of(payload),
                                     .received_us = number + 1,
                                     .identifier = (uint32_t)number + 1};
  if (number % 5 == 1) message.flags = PENSTOCK_MESSAGE_RETAINED;
  return self->base.host->append_messages(self->base.context, &message, 1, 0, position);
#else
  const penstock_message message = {text_of(topic), text_of(payload), number + 1};
  return self->base.host->append(self->base.context, &message, 1, 0, position);
#endif
}

static void* source_run(void* instance) {
  source* self = instance;
  const penstock_host* host = self->base.host;
  uint64_t position = 0;
  for (int64_t number = 0; number < self->count;) {
    if (append(self, number, &position) == 1) ++number;
    else host->wait_for_space(self->base.context, 10 * 1000 * 1000);
    pthread_mutex_lock(&self->mutex);
    const int stopping = self->stopping;
    pthread_mutex_unlock(&self->mutex);
    if (stopping) return NULL;
  }
  /* Ends when all of it is acknowledged. */
  pthread_mutex_lock(&self->mutex);
  while (self->acknowledged < position && !self->stopping) {
    pthread_cond_wait(&self->changed, &self->mutex);
  }
  pthread_mutex_unlock(&self->mutex);
#if SINCE(2)
  host->drop(self->base.context, 1);
#endif
  host->finished(self->base.context);
  return NULL;
}

static int32_t source_start(void* instance) {
  source* self = instance;
#if SINCE(6)
  int32_t state = 0;
  if (!self->base.host->keep(self->base.context, "kept", 64, &state) ||
      state != PENSTOCK_KEPT_NEW) {
    return fail(&self->base, "keep gives no memory");
  }
#endif
  self->has_thread = pthread_create(&self->thread, NULL, source_run, self) == 0;
  return self->has_thread ? PENSTOCK_OK : fail(&self->base, "no thread");
}

static void source_stop(void* instance) {
  source* self = instance;
  pthread_mutex_lock(&self->mutex);
  self->stopping = 1;
  pthread_cond_signal(&self->changed);
  pthread_mutex_unlock(&self->mutex);
  if (self->has_thread) pthread_join(self->thread, NULL);
  self->has_thread = 0;
}

static void source_acknowledged(void* instance, uint64_t position) {
  source* self = instance;
  pthread_mutex_lock(&self->mutex);
  self->acknowledged = position;
  pthread_cond_signal(&self->changed);
  pthread_mutex_unlock(&self->mutex);
}

static void source_destroy(void* instance) {
  source* self = instance;
  pthread_cond_destroy(&self->changed);
  pthread_mutex_destroy(&self->mutex);
  free(self);
}

/* ---- transform ---- */

typedef struct transform {
  base base;
  double factor;
} transform;

static const penstock_option transform_options[] = {{.size = sizeof(penstock_option),
                                                     .type = PENSTOCK_NUMBER,
                                                     .name = "factor",
                                                     .default_value = "1",
                                                     .help = "What numbers are multiplied by.",
                                                     .min = -DBL_MAX,
                                                     .max = DBL_MAX},
                                                    {.size = sizeof(penstock_option),
                                                     .type = PENSTOCK_ENUM,
                                                     .name = "colour",
                                                     .default_value = "blue",
                                                     .choices = "red,blue",
                                                     .help = "One of two."}};

static const penstock_port out_port[] = {{sizeof(penstock_port), "out", "Lines."}};

static const penstock_metric transform_metrics[] = {
    {sizeof(penstock_metric), PENSTOCK_COUNTER, "lines_total", "lines", "Lines made.", 0}};

static void transform_input(const penstock_settings* settings, struct ArrowSchema* needed) {
  (void)settings;
  make_column(needed, "+s", "", SINCE(7) ? 2 : 1);
  make_column(needed->children[0], "z", "payload", 0);
#if SINCE(7)
  make_column(needed->children[1], "b", "retained", 0);
#endif
}

static void transform_output(const penstock_settings* settings, uint32_t port,
                             const struct ArrowSchema* input, struct ArrowSchema* output) {
  (void)settings, (void)port, (void)input;
  make_column(output, "+s", "", 1);
  make_column(output->children[0], "u", "line", 0);
}

static void* transform_create(const penstock_settings* settings, const penstock_host* host,
                              penstock_context* context) {
  transform* self = create(host, context, sizeof(transform));
  if (!self) return NULL;
  self->factor = settings->values[0].number;
  if (settings->value_count != 2 || !text_is(settings->values[1].text, "blue")) {
    fail(&self->base, "its options are not those of the file");
    free(self);
    return NULL;
  }
  return self;
}

static void reject(transform* self, const penstock_batch* batch, size_t chunk, int64_t row,
                   long number) {
  const penstock_host* host = self->base.host;
#if SINCE(6)
  if (number % 20 == 0) {
    size_t column = 0;
    while (strcmp(batch->schema->children[column]->name, "payload") != 0) ++column;
    host->reject_part(self->base.context, batch, chunk, row, column, text_of("a part"),
                      text_of("a tenth"), text_of("part"));
    return;
  }
#endif
  (void)number;
#if SINCE(2)
  host->reject_row_detail(self->base.context, batch, chunk, row, text_of("a tenth"),
                          text_of("row"));
#else
  host->reject_row(self->base.context, batch, chunk, row, text_of("a tenth"));
#endif
}

static int32_t transform_process(void* instance, const penstock_batch* batch) {
  transform* self = instance;
  const penstock_host* host = self->base.host;
  for (size_t chunk = 0; chunk < batch->chunk_count; ++chunk) {
    const struct ArrowArray* payloads = column_of(batch, chunk, "payload");
    const int64_t rows = batch->chunks[chunk]->length;
    int32_t* offsets = calloc((size_t)rows + 1, sizeof(int32_t));
    char* chars = malloc((size_t)rows * 32 + PENSTOCK_PADDING);
    int64_t lines = 0;
    int32_t end = 0;
    for (int64_t row = 0; row < rows; ++row) {
      char payload[32] = "";
      const penstock_text text = cell(payloads, row);
      if (text.size >= sizeof(payload)) return fail(&self->base, "a payload of another's");
      memcpy(payload, text.data, text.size);
      const long number = strtol(payload, NULL, 10);
      if (number % 10 == 0) {
        reject(self, batch, chunk, row, number);
        continue;
      }
      const char* mark = "";
#if SINCE(7)
      const struct ArrowArray* retained = column_of(batch, chunk, "retained");
      const int64_t bit = retained->offset + row;
      if (((const uint8_t*)retained->buffers[1])[bit / 8] >> (bit % 8) & 1) mark = " retained";
#endif
      end += sprintf(chars + end, "%.0f%s", (double)number * self->factor, mark);
      offsets[++lines] = end;
    }
    struct ArrowArray array;
    make_array(&array, lines, 1, 1);
    make_array(array.children[0], lines, 3, 0);
    array.children[0]->buffers[1] = offsets;
    array.children[0]->buffers[2] = chars;
    host->metric_add(self->base.context, 0, (double)lines);
#if SINCE(5)
    host->emit_from_chunk(self->base.context, 0, &array, chunk);
#else
    host->emit(self->base.context, 0, &array, NULL, 0);
#endif
  }
  return PENSTOCK_OK;
}

/* ---- gather ---- */

enum { kMostHeld = 64 };

typedef struct gather {
  base base;
  const penstock_batch* held[kMostHeld];
  size_t count;
} gather;

static void* gather_create(const penstock_settings* settings, const penstock_host* host,
                           penstock_context* context) {
  (void)settings;
  return create(host, context, sizeof(gather));
}

static int32_t gather_flush(void* instance) {
  gather* self = instance;
  if (self->count > 0) self->base.host->forward(self->base.context, 0, self->held, self->count);
  for (size_t i = 0; i < self->count; ++i) self->base.host->release(self->held[i]);
  self->count = 0;
  return PENSTOCK_OK;
}

static int32_t gather_process(void* instance, const penstock_batch* batch) {
  gather* self = instance;
  self->base.host->retain(batch);
  self->held[self->count++] = batch;
  if (self->count == kMostHeld) return gather_flush(self);
  self->base.host->set_timer(self->base.context, 1000 * 1000);
  return PENSTOCK_OK;
}

/* ---- sink ---- */

typedef struct sink {
  base base;
  char path[4096];
  FILE* file;
  int starts, attempts;
} sink;

enum sink_metrics { kRows, kOpen, kTime, kPath, kState };

static const penstock_metric sink_metrics[] = {
    {sizeof(penstock_metric), PENSTOCK_COUNTER, "lines_written_total", "rows", "Lines.", 1},
    {sizeof(penstock_metric), PENSTOCK_FLAG, "open", "open", "1 if the file is open.", 0},
    {sizeof(penstock_metric), PENSTOCK_HISTOGRAM, "time_seconds", "time", "Time.", 0},
    {sizeof(penstock_metric), PENSTOCK_LABEL, NULL, "path", "The file.", 0},
    {sizeof(penstock_metric), PENSTOCK_GAUGE, "state", "state", "Its state.", 0}};

static const penstock_option sink_options[] = {
    {.size = sizeof(penstock_option),
     .type = PENSTOCK_STRING,
     .name = "path",
     .help = "The file of lines.",
     .flags = PENSTOCK_OPTION_REQUIRED
#if SINCE(4)
              | PENSTOCK_OPTION_IDENTITY
#endif
#if SINCE(5)
              | PENSTOCK_OPTION_FILE
#endif
    },
    {.size = sizeof(penstock_option), .type = PENSTOCK_LIST, .name = "words", .help = "Words."}};

static void sink_input(const penstock_settings* settings, struct ArrowSchema* needed) {
  (void)settings;
  make_column(needed, "+s", "", 1);
  make_column(needed->children[0], "u", "line", 0);
}

static void sink_check(const penstock_settings* settings, const penstock_report* report) {
  if (settings->values[0].text.size == 0) {
    report->error(report->engine, "path", text_of("is empty; name a file"));
  }
#if SINCE(3)
  if (settings->values[1].present) {
    report->warning(report->engine, "words", text_of("are not used; remove them"));
  }
#endif
}

#if SINCE(3)
static void sink_check_connection(const penstock_settings* settings,
                                  const penstock_report* report) {
  (void)settings;
  report->note(report->engine, text_of("tried, and found in order"));
}
#endif

static void* sink_create(const penstock_settings* settings, const penstock_host* host,
                         penstock_context* context) {
  sink* self = create(host, context, sizeof(sink));
  if (!self) return NULL;
  const penstock_text path = settings->values[0].text;
  if (path.size >= sizeof(self->path)) abort();
  memcpy(self->path, path.data, path.size);
#if SINCE(5)
  if (settings->input_count != 1 || strcmp(settings->inputs[0]->children[0]->name, "line") != 0) {
    fail(&self->base, "its input's columns are not told");
    free(self);
    return NULL;
  }
#endif
  return self;
}

/* The first attempt finds the outside not ready. */
static int32_t sink_start(void* instance) {
  sink* self = instance;
  const penstock_host* host = self->base.host;
  if (self->starts++ == 0) {
    host->set_error(self->base.context, text_of("not ready"));
    return PENSTOCK_RETRY;
  }
  self->file = fopen(self->path, "a");
  if (!self->file) return fail(&self->base, "no file");
  host->metric_set(self->base.context, kOpen, 1);
  host->metric_label(self->base.context, kPath, text_of(self->path));
  host->set_health(self->base.context, PENSTOCK_HEALTHY, text_of(""));
  host->log(self->base.context, PENSTOCK_LOG_INFO, text_of("opened"));
  return PENSTOCK_OK;
}

#if SINCE(1)
/* NULL, or what is wrong with where the rows come from. */
static const char* fault_of_ranges(sink* self, const penstock_batch* batch) {
  size_t chunk = 0;
  if (batch->range_count < batch->chunk_count) return "a chunk has no range";
  for (size_t i = 0; i < batch->range_count; ++i) {
    const penstock_range* range =
        (const penstock_range*)(const void*)((const char*)batch->ranges + i * batch->ranges->size);
    if (range->chunk < chunk || range->chunk > chunk + 1) return "ranges are not by chunk";
    chunk = range->chunk;
    if (strlen(range->intake) != 32) return "an intake has no id";
    if (range->count == 0 || range->watermark > range->first) return "a range makes no sense";
#if SINCE(4)
    if (strcmp(self->base.host->appending_intake(self->base.context, batch, i), range->intake) != 0)
      return "another run than the first appends";
#endif
#if SINCE(5)
    uint64_t end = 0;
    const char* earlier = self->base.host->earlier_run(self->base.context, batch, i, 0, &end);
    if (earlier &&
        (strlen(earlier) != 32 || strcmp(earlier, range->intake) == 0 || end > range->first))
      return "an earlier run makes no sense";
#endif
  }
  (void)self;
  return NULL;
}
#endif

static int32_t sink_process(void* instance, const penstock_batch* batch) {
  sink* self = instance;
  const penstock_host* host = self->base.host;
#if SINCE(1)
  const char* fault = fault_of_ranges(self, batch);
  if (fault) {
    fprintf(stderr, "%s\n", fault);
    abort();
  }
#endif
  if (self->attempts++ == 0) {
    host->set_error(self->base.context, text_of("not yet"));
#if SINCE(5)
    return PENSTOCK_RETRY_LATER;
#else
    return PENSTOCK_RETRY;
#endif
  }
#if SINCE(5)
  if (host->is_interrupted(self->base.context) ||
      host->read_option(self->base.context, "path").data != NULL) {
    abort();
  }
  host->stored_before(self->base.context, 0);
  host->passed_over(self->base.context, 0);
#endif
  for (size_t chunk = 0; chunk < batch->chunk_count; ++chunk) {
    const struct ArrowArray* lines = column_of(batch, chunk, "line");
    for (int64_t row = 0; row < batch->chunks[chunk]->length; ++row) {
      const penstock_text line = cell(lines, row);
      fprintf(self->file, "%.*s\n", (int)line.size, line.data);
    }
  }
  host->metric_add(self->base.context, kRows, (double)batch->rows);
  host->metric_observe(self->base.context, kTime, 0.001);
  return fflush(self->file) == 0 ? PENSTOCK_OK : fail(&self->base, "the file can't be written");
}

static void sink_destroy(void* instance) {
  sink* self = instance;
  if (self->file) fclose(self->file);
  free(self);
}

/* ---- The library ---- */

static const penstock_node_type types[] = {{.size = sizeof(penstock_node_type),
                                            .kind = PENSTOCK_SOURCE,
#if SINCE(7)
                                            .flags = PENSTOCK_NODE_RETAINED,
#endif
                                            .name = "source",
                                            .summary = "Appends numbers.",
                                            .options = source_options,
                                            .option_count = 1,
                                            .create = source_create,
                                            .destroy = source_destroy,
                                            .start = source_start,
                                            .stop = source_stop,
                                            .acknowledged = source_acknowledged},
                                           {.size = sizeof(penstock_node_type),
                                            .kind = PENSTOCK_TRANSFORM,
#if SINCE(2)
                                            .flags = PENSTOCK_NODE_REJECTS,
#endif
                                            .name = "transform",
                                            .summary = "Makes lines of numbers.",
                                            .options = transform_options,
                                            .option_count = 2,
                                            .ports = out_port,
                                            .port_count = 1,
                                            .metrics = transform_metrics,
                                            .metric_count = 1,
                                            .input_schema = transform_input,
                                            .output_schema = transform_output,
                                            .create = transform_create,
                                            .destroy = free,
                                            .process = transform_process},
                                           {.size = sizeof(penstock_node_type),
                                            .kind = PENSTOCK_TRANSFORM,
#if SINCE(1)
                                            .flags = PENSTOCK_NODE_LIGHT,
#endif
                                            .name = "gather",
                                            .summary = "Merges batches.",
                                            .ports = out_port,
                                            .port_count = 1,
                                            .create = gather_create,
                                            .destroy = free,
                                            .process = gather_process,
                                            .flush = gather_flush,
                                            .on_timer = gather_flush},
                                           {.size = sizeof(penstock_node_type),
                                            .kind = PENSTOCK_SINK,
                                            .name = "sink",
                                            .summary = "Writes lines to a file.",
                                            .options = sink_options,
                                            .option_count = 2,
                                            .metrics = sink_metrics,
                                            .metric_count = 5,
                                            .check = sink_check,
                                            .input_schema = sink_input,
                                            .create = sink_create,
                                            .destroy = sink_destroy,
                                            .start = sink_start,
                                            .process = sink_process,
#if SINCE(3)
                                            .check_connection = sink_check_connection
#endif
                                           }};

static const penstock_plugin plugin = {.size = sizeof(penstock_plugin),
                                       .abi_major = PENSTOCK_ABI_MAJOR,
                                       .abi_minor = PENSTOCK_ABI_MINOR,
                                       .name = NAME,
                                       .version = "1.0",
                                       .types = types,
                                       .type_count = 4};

PENSTOCK_EXPORT const penstock_plugin* penstock_plugin_entry(void);
PENSTOCK_EXPORT const penstock_plugin* penstock_plugin_entry(void) { return &plugin; }
