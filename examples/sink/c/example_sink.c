/* Writes each message as a line, its topic and its payload, to a file. */
#include <penstock/plugin.h>

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What an operator can set, and what is counted: tables, whose indices name the rows. No two nodes
 * may have the same file. */
enum { kPath };
static const penstock_option options[] = {
    {.size = sizeof(penstock_option),
     .type = PENSTOCK_STRING,
     .name = "path",
     .help = "The file, appended to.",
     .min = -INFINITY,
     .max = INFINITY,
     .flags = PENSTOCK_OPTION_REQUIRED | PENSTOCK_OPTION_IDENTITY | PENSTOCK_OPTION_FILE}};

enum { kLines };
static const penstock_metric metrics[] = {{.size = sizeof(penstock_metric),
                                           .kind = PENSTOCK_COUNTER,
                                           .name = "lines_total",
                                           .status_name = "lines",
                                           .help = "Lines written."}};

static penstock_text text_of(const char* chars) {
  const penstock_text text = {chars, strlen(chars)};
  return text;
}

static void check(const penstock_settings* settings, const penstock_report* report) {
  if (settings->values[kPath].text.size == 0) {
    report->error(report->engine, "path", text_of("is empty; name a file"));
  }
  if (settings->parallelism > 1) {
    report->error(report->engine, "parallelism", text_of("a file has one writer; remove it"));
  }
}

static void* need(size_t count, size_t size) {
  void* memory = calloc(count, size);
  if (!memory) abort();
  return memory;
}

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

/* Of what comes in, these columns; formats are Arrow's: "u" utf8, "z" binary. */
static void input_schema(const penstock_settings* settings, struct ArrowSchema* needed) {
  (void)settings;
  make_schema(needed, "+s", "");
  needed->n_children = 2;
  needed->children = need(2, sizeof(*needed->children));
  for (int i = 0; i < 2; ++i) needed->children[i] = need(1, sizeof(*needed));
  make_schema(needed->children[0], "u", "topic");
  make_schema(needed->children[1], "z", "payload");
}

typedef struct lines {
  const penstock_host* host;
  penstock_context* context;
  char* path;
  FILE* file;
} lines;

static void* create(const penstock_settings* settings, const penstock_host* host,
                    penstock_context* context) {
  const penstock_text path = settings->values[kPath].text;
  lines* self = need(1, sizeof(lines));
  self->host = host;
  self->context = context;
  self->path = need(path.size + 1, 1);
  memcpy(self->path, path.data, path.size);
  return self;
}

static void destroy(void* instance) {
  lines* self = instance;
  if (self->file) fclose(self->file);
  free(self->path);
  free(self);
}

static int32_t retry(lines* self, const char* what) {
  char text[512];
  snprintf(text, sizeof(text), "cannot %s %s: %s", what, self->path, strerror(errno));
  self->host->set_error(self->context, text_of(text));
  return PENSTOCK_RETRY;
}

/* A sink may wait for the outside. After PENSTOCK_RETRY it is called again, later and later, until
 * it works. */
static int32_t start(void* instance) {
  lines* self = instance;
  self->file = fopen(self->path, "ae");
  return self->file ? PENSTOCK_OK : retry(self, "open");
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

static int write_line(FILE* file, penstock_text topic, penstock_text payload) {
  return fwrite(topic.data, 1, topic.size, file) == topic.size && fputc('\t', file) != EOF &&
         fwrite(payload.data, 1, payload.size, file) == payload.size && fputc('\n', file) != EOF;
}

/* Returns when the rows are stored. After a retry the same batch comes again, whole: some of its
 * lines may then stand twice in the file. */
static int32_t process(void* instance, const penstock_batch* batch) {
  lines* self = instance;
  if (!self->file && start(self) != PENSTOCK_OK) return PENSTOCK_RETRY;
  int is_written = 1;
  for (size_t chunk = 0; chunk < batch->chunk_count && is_written; ++chunk) {
    const struct ArrowArray* topics = column(batch, chunk, "topic");
    const struct ArrowArray* payloads = column(batch, chunk, "payload");
    for (int64_t row = 0; row < batch->chunks[chunk]->length && is_written; ++row) {
      is_written = write_line(self->file, text_at(topics, row), text_at(payloads, row));
    }
  }
  if (!is_written || fflush(self->file) != 0) {
    const int32_t status = retry(self, "write");
    fclose(self->file);
    self->file = NULL;
    return status;
  }
  self->host->metric_add(self->context, kLines, (double)batch->rows);
  return PENSTOCK_OK;
}

static const penstock_node_type type = {.size = sizeof(penstock_node_type),
                                        .kind = PENSTOCK_SINK,
                                        .name = "example_sink",
                                        .summary = "Writes each message as a line to a file.",
                                        .options = options,
                                        .option_count = 1,
                                        .metrics = metrics,
                                        .metric_count = 1,
                                        .check = check,
                                        .input_schema = input_schema,
                                        .create = create,
                                        .destroy = destroy,
                                        .start = start,
                                        .process = process};

/* The library's name is its file's name. */
static const penstock_plugin plugin = {.size = sizeof(penstock_plugin),
                                       .abi_major = PENSTOCK_ABI_MAJOR,
                                       .abi_minor = PENSTOCK_ABI_MINOR,
                                       .name = "example_sink",
                                       .version = PENSTOCK_VERSION,
                                       .types = &type,
                                       .type_count = 1};

PENSTOCK_EXPORT const penstock_plugin* penstock_plugin_entry(void);
PENSTOCK_EXPORT const penstock_plugin* penstock_plugin_entry(void) { return &plugin; }
