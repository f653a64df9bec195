/* Turns payloads that are plain numbers, such as 21.5, into points. */
#include <penstock/plugin.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* 1. What an operator can set, and what is counted: tables, whose indices name the rows. */
enum { kScale };
static const penstock_option options[] = {{.size = sizeof(penstock_option),
                                           .type = PENSTOCK_NUMBER,
                                           .name = "scale",
                                           .default_value = "1",
                                           .help = "What numbers are multiplied by.",
                                           .min = -INFINITY,
                                           .max = INFINITY}};

enum { kOut };
static const penstock_port ports[] = {
    {.size = sizeof(penstock_port), .name = "out", .help = "The points."}};

enum { kPoints };
static const penstock_metric metrics[] = {{.size = sizeof(penstock_metric),
                                           .kind = PENSTOCK_COUNTER,
                                           .name = "points_made_total",
                                           .status_name = "points",
                                           .help = "Points made."}};

static void* need(size_t count, size_t size) {
  void* memory = calloc(count, size);
  if (!memory) abort();
  return memory;
}

/* 2. The columns that it needs, and those that it emits. */
static void release_schema(struct ArrowSchema* schema) {
  for (int64_t i = 0; i < schema->n_children; ++i) {
    if (schema->children[i]->release) schema->children[i]->release(schema->children[i]);
    free(schema->children[i]);
  }
  free(schema->children);
  schema->release = NULL;
}

static void make_schema(struct ArrowSchema* schema, const char* format, const char* name) {
  memset(schema, 0, sizeof(*schema));
  schema->format = format;
  schema->name = name;
  schema->release = release_schema;
}

/* Formats are Arrow's: "u" utf8, "z" binary, "g" float64, "tsu:UTC" a time in µs. */
static void make_three(struct ArrowSchema* schema, const char* const columns[3][2]) {
  make_schema(schema, "+s", "");
  schema->n_children = 3;
  schema->children = need(3, sizeof(*schema->children));
  for (int i = 0; i < 3; ++i) {
    schema->children[i] = need(1, sizeof(*schema));
    make_schema(schema->children[i], columns[i][0], columns[i][1]);
  }
}

static void input_schema(const penstock_settings* settings, struct ArrowSchema* needed) {
  static const char* const columns[3][2] = {
      {"u", "topic"}, {"z", "payload"}, {"tsu:UTC", "received"}};
  (void)settings;
  make_three(needed, columns);
}

static void output_schema(const penstock_settings* settings, uint32_t port,
                          const struct ArrowSchema* input, struct ArrowSchema* output) {
  static const char* const columns[3][2] = {{"tsu:UTC", "time"}, {"u", "topic"}, {"g", "value"}};
  (void)settings, (void)port, (void)input;
  make_three(output, columns);
}

/* 3. The work. One thread at a time is in an instance, so it needs no locks. */
typedef struct numbers {
  const penstock_host* host;
  penstock_context* context;
  double scale;
} numbers;

static void* create(const penstock_settings* settings, const penstock_host* host,
                    penstock_context* context) {
  numbers* self = need(1, sizeof(numbers));
  self->host = host;
  self->context = context;
  self->scale = settings->values[kScale].number;
  return self;
}

static const struct ArrowArray* column(const penstock_batch* batch, size_t chunk,
                                       const char* name) {
  int64_t i = 0;
  while (strcmp(batch->schema->children[i]->name, name) != 0) ++i; /* it is there: input_schema */
  return batch->chunks[chunk]->children[i];
}

static penstock_text text_at(const struct ArrowArray* texts, int64_t row) {
  const int32_t* offsets = (const int32_t*)texts->buffers[1] + texts->offset + row;
  const penstock_text text = {(const char*)texts->buffers[2] + offsets[0],
                              (size_t)(offsets[1] - offsets[0])};
  return text;
}

static int parse(penstock_text text, double* number) {
  char copy[64] = "";
  char* end = copy;
  if (text.size == 0 || text.size >= sizeof(copy)) return 0;
  memcpy(copy, text.data, text.size);
  if (strspn(copy, "+-.0123456789eE") != text.size) return 0; /* no spaces, nor "inf" */
  *number = strtod(copy, &end);
  return end == copy + text.size && isfinite(*number);
}

static void release_array(struct ArrowArray* array) {
  for (int64_t i = 0; i < array->n_children; ++i) {
    if (array->children[i]->release) array->children[i]->release(array->children[i]);
    free(array->children[i]);
  }
  for (int64_t i = 0; i < array->n_buffers; ++i) free((void*)array->buffers[i]);
  free(array->children);
  free(array->buffers);
  array->release = NULL;
}

static void make_array(struct ArrowArray* array, int64_t rows, int64_t buffers, int64_t children) {
  memset(array, 0, sizeof(*array));
  array->length = rows;
  array->n_buffers = buffers;
  array->buffers = need((size_t)buffers, sizeof(*array->buffers));
  array->n_children = children;
  array->children = need((size_t)children + 1, sizeof(*array->children));
  for (int64_t i = 0; i < children; ++i) array->children[i] = need(1, sizeof(*array));
  array->release = release_array;
}

static void process_chunk(numbers* self, const penstock_batch* batch, size_t chunk) {
  const penstock_text reason = {"is not a number", 15};
  const size_t most = (size_t)batch->chunks[chunk]->length;
  const struct ArrowArray* topics_in = column(batch, chunk, "topic");
  const struct ArrowArray* payloads = column(batch, chunk, "payload");
  const struct ArrowArray* received = column(batch, chunk, "received");
  const int64_t* times_in = (const int64_t*)received->buffers[1] + received->offset;
  const int32_t* offsets_in = (const int32_t*)topics_in->buffers[1] + topics_in->offset;

  int64_t* times = need(most + 1, sizeof(*times));
  int32_t* offsets = need(most + 1, sizeof(*offsets));
  char* topics = need((size_t)(offsets_in[most] - offsets_in[0]) + PENSTOCK_PADDING, 1);
  double* values = need(most + 1, sizeof(*values));
  int64_t rows = 0;
  for (int64_t row = 0; row < (int64_t)most; ++row) {
    double number = 0;
    if (!parse(text_at(payloads, row), &number)) {
      self->host->reject_row(self->context, batch, chunk, row, reason);
      continue;
    }
    const penstock_text topic = text_at(topics_in, row);
    memcpy(topics + offsets[rows], topic.data, topic.size);
    times[rows] = times_in[row];
    values[rows] = number * self->scale;
    offsets[rows + 1] = offsets[rows] + (int32_t)topic.size;
    ++rows;
  }

  /* The first buffer of a column says which rows are null; NULL: none. */
  struct ArrowArray out;
  make_array(&out, rows, 1, 3);
  make_array(out.children[0], rows, 2, 0);
  out.children[0]->buffers[1] = times;
  make_array(out.children[1], rows, 3, 0);
  out.children[1]->buffers[1] = offsets;
  out.children[1]->buffers[2] = topics;
  make_array(out.children[2], rows, 2, 0);
  out.children[2]->buffers[1] = values;
  self->host->metric_add(self->context, kPoints, (double)rows);
  /* Of this chunk alone, so that a sink that remembers knows its rows again after a crash. */
  self->host->emit_from_chunk(self->context, kOut, &out, chunk);
}

static int32_t process(void* instance, const penstock_batch* batch) {
  for (size_t chunk = 0; chunk < batch->chunk_count; ++chunk) {
    process_chunk(instance, batch, chunk);
  }
  return PENSTOCK_OK;
}

/* 4. The library's name is its file's name. */
static const penstock_node_type type = {
    .size = sizeof(penstock_node_type),
    .kind = PENSTOCK_TRANSFORM,
    .flags = PENSTOCK_NODE_REJECTS,
    .name = "example_transform",
    .summary = "Turns payloads that are plain numbers into points.",
    .options = options,
    .option_count = 1,
    .ports = ports,
    .port_count = 1,
    .metrics = metrics,
    .metric_count = 1,
    .input_schema = input_schema,
    .output_schema = output_schema,
    .create = create,
    .destroy = free,
    .process = process};

static const penstock_plugin plugin = {.size = sizeof(penstock_plugin),
                                       .abi_major = PENSTOCK_ABI_MAJOR,
                                       .abi_minor = PENSTOCK_ABI_MINOR,
                                       .name = "example_transform",
                                       .version = PENSTOCK_VERSION,
                                       .types = &type,
                                       .type_count = 1};

PENSTOCK_EXPORT const penstock_plugin* penstock_plugin_entry(void);
PENSTOCK_EXPORT const penstock_plugin* penstock_plugin_entry(void) { return &plugin; }
