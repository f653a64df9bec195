/* Passes messages on, each column's bytes at the very end of a mapped page behind which nothing may
 * be read: no byte of padding. Written in C, with an option table that leaves `min` and `max` zero.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "penstock/plugin.h"

struct instance {
  const penstock_host* host;
  penstock_context* context;
};

struct column {
  const void* buffers[3];
  void* mapped;
  size_t mapped_bytes;
};

static void release_column(struct ArrowArray* array) {
  struct column* owned = array->private_data;
  free((void*)owned->buffers[1]);
  if (owned->mapped) munmap(owned->mapped, owned->mapped_bytes);
  free(owned);
  array->release = NULL;
}

/* A place for `bytes` bytes that ends where the next page cannot be read. */
static char* end_of_a_page(struct column* owned, size_t bytes) {
  const size_t page = (size_t)sysconf(_SC_PAGESIZE);
  const size_t readable = (bytes / page + 1) * page;
  char* mapped =
      mmap(NULL, readable + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED || mprotect(mapped + readable, page, PROT_NONE) != 0) abort();
  owned->mapped = mapped;
  owned->mapped_bytes = readable + page;
  return mapped + readable - bytes;
}

static void copy_text(struct ArrowArray* to, const struct ArrowArray* from, int64_t rows) {
  struct column* owned = calloc(1, sizeof(*owned));
  const int32_t* offsets = (const int32_t*)from->buffers[1] + from->offset;
  const size_t bytes = (size_t)(offsets[rows] - offsets[0]);
  int32_t* own_offsets = malloc((size_t)(rows + 1) * sizeof(int32_t));
  char* own_bytes = end_of_a_page(owned, bytes);
  for (int64_t i = 0; i <= rows; ++i) own_offsets[i] = offsets[i] - offsets[0];
  memcpy(own_bytes, (const char*)from->buffers[2] + offsets[0], bytes);
  owned->buffers[1] = own_offsets;
  owned->buffers[2] = own_bytes;
  to->length = rows;
  to->n_buffers = 3;
  to->buffers = owned->buffers;
  to->private_data = owned;
  to->release = release_column;
}

static void copy_times(struct ArrowArray* to, const struct ArrowArray* from, int64_t rows) {
  struct column* owned = calloc(1, sizeof(*owned));
  int64_t* times = malloc((size_t)rows * sizeof(int64_t));
  memcpy(times, (const int64_t*)from->buffers[1] + from->offset, (size_t)rows * sizeof(int64_t));
  owned->buffers[1] = times;
  to->length = rows;
  to->n_buffers = 2;
  to->buffers = owned->buffers;
  to->private_data = owned;
  to->release = release_column;
}

struct rows {
  struct ArrowArray columns[3];
  struct ArrowArray* pointers[3];
  const void* validity;
};

static void release_rows(struct ArrowArray* array) {
  struct rows* owned = array->private_data;
  for (int i = 0; i < 3; ++i) owned->columns[i].release(&owned->columns[i]);
  free(owned);
  array->release = NULL;
}

static int32_t process(void* self, const penstock_batch* batch) {
  const struct instance* instance = self;
  for (size_t i = 0; i < batch->chunk_count; ++i) {
    const struct ArrowArray* chunk = batch->chunks[i];
    struct rows* owned = calloc(1, sizeof(*owned));
    struct ArrowArray array = {0};
    copy_text(&owned->columns[0], chunk->children[0], chunk->length);
    copy_text(&owned->columns[1], chunk->children[1], chunk->length);
    copy_times(&owned->columns[2], chunk->children[2], chunk->length);
    for (int k = 0; k < 3; ++k) owned->pointers[k] = &owned->columns[k];
    array.length = chunk->length;
    array.n_buffers = 1;
    array.buffers = &owned->validity;
    array.n_children = 3;
    array.children = owned->pointers;
    array.private_data = owned;
    array.release = release_rows;
    instance->host->emit(instance->context, 0, &array, NULL, 0);
  }
  return PENSTOCK_OK;
}

static void* create(const penstock_settings* settings, const penstock_host* host,
                    penstock_context* context) {
  struct instance* instance = calloc(1, sizeof(*instance));
  (void)settings;
  instance->host = host;
  instance->context = context;
  return instance;
}

static const penstock_option options[] = {{.size = sizeof(penstock_option),
                                           .type = PENSTOCK_INTEGER,
                                           .name = "unbounded",
                                           .default_value = "5",
                                           .help = "A number without bounds."}};
static const penstock_port ports[] = {{sizeof(penstock_port), "out", "The messages."}};
static const penstock_node_type types[] = {{.size = sizeof(penstock_node_type),
                                            .kind = PENSTOCK_TRANSFORM,
                                            .name = "unpadded",
                                            .summary = "Passes messages on without padding.",
                                            .options = options,
                                            .option_count = 1,
                                            .ports = ports,
                                            .port_count = 1,
                                            .create = create,
                                            .destroy = free,
                                            .process = process}};

const penstock_plugin* penstock_plugin_entry(void) {
  static const penstock_plugin plugin = {sizeof(penstock_plugin),
                                         PENSTOCK_ABI_MAJOR,
                                         PENSTOCK_TARGET_MINOR,
                                         "unpadded",
                                         "1",
                                         types,
                                         1};
  return &plugin;
}
