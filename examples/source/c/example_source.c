/* Appends a message at each interval, with a number that counts up. */
#define _POSIX_C_SOURCE 200809L
#include <penstock/plugin.h>

#include <inttypes.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const int64_t kSecond = 1000000000; /* ns */

/* What an operator can set, and what is counted: tables, whose indices name the rows. */
enum { kTopic, kInterval, kCount };
static const penstock_option options[] = {{.size = sizeof(penstock_option),
                                           .type = PENSTOCK_STRING,
                                           .name = "topic",
                                           .default_value = "example/ticks",
                                           .help = "Topic of the messages.",
                                           .min = -INFINITY,
                                           .max = INFINITY},
                                          {.size = sizeof(penstock_option),
                                           .type = PENSTOCK_DURATION,
                                           .name = "interval",
                                           .default_value = "1s",
                                           .help = "Time between two messages.",
                                           .min = 1e6, /* ns */
                                           .max = INFINITY},
                                          {.size = sizeof(penstock_option),
                                           .type = PENSTOCK_INTEGER,
                                           .name = "count",
                                           .default_value = "0",
                                           .unit = "messages",
                                           .help = "Ends after this many; 0: never.",
                                           .min = 0,
                                           .max = INFINITY}};

enum { kTicks };
static const penstock_metric metrics[] = {{.size = sizeof(penstock_metric),
                                           .kind = PENSTOCK_COUNTER,
                                           .name = "ticks_total",
                                           .status_name = "ticks",
                                           .help = "Messages appended."}};

typedef struct ticks {
  const penstock_host* host;
  penstock_context* context;
  char* topic;
  int64_t interval_ns, count;
  pthread_t thread;
  int has_thread, stopping;
  pthread_mutex_t mutex;
  pthread_cond_t changed;
} ticks;

static void* create(const penstock_settings* settings, const penstock_host* host,
                    penstock_context* context) {
  const penstock_text topic = settings->values[kTopic].text;
  ticks* self = calloc(1, sizeof(ticks));
  if (!self || !(self->topic = calloc(topic.size + 1, 1))) abort();
  memcpy(self->topic, topic.data, topic.size);
  self->host = host;
  self->context = context;
  self->interval_ns = settings->values[kInterval].integer;
  self->count = settings->values[kCount].integer;
  pthread_condattr_t clock;
  pthread_condattr_init(&clock);
  pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
  pthread_cond_init(&self->changed, &clock);
  pthread_condattr_destroy(&clock);
  pthread_mutex_init(&self->mutex, NULL);
  return self;
}

static void destroy(void* instance) {
  ticks* self = instance;
  pthread_mutex_destroy(&self->mutex);
  pthread_cond_destroy(&self->changed);
  free(self->topic);
  free(self);
}

static int is_stopped_within(ticks* self, int64_t time_ns) {
  struct timespec until;
  clock_gettime(CLOCK_MONOTONIC, &until);
  until.tv_sec += (time_t)(time_ns / kSecond);
  until.tv_nsec += (long)(time_ns % kSecond);
  if (until.tv_nsec >= kSecond) {
    until.tv_nsec -= kSecond;
    ++until.tv_sec;
  }
  pthread_mutex_lock(&self->mutex);
  int waited = 0;
  while (!self->stopping && waited == 0) {
    waited = pthread_cond_timedwait(&self->changed, &self->mutex, &until);
  }
  const int stopped = self->stopping;
  pthread_mutex_unlock(&self->mutex);
  return stopped;
}

/* 0: it was stopped. The intake may be full: then nothing is taken until there is room. */
static int append(ticks* self, int64_t tick) {
  char payload[64];
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  const int size = snprintf(payload, sizeof(payload), "{\"value\":%" PRId64 "}", tick);
  const penstock_source_message message = {
      .size = sizeof(message),
      .topic = {self->topic, strlen(self->topic)},
      .payload = {payload, (size_t)size},
      .received_us = (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000};
  while (self->host->append_messages(self->context, &message, 1, 0, NULL) == 0) {
    if (!self->host->wait_for_space(self->context, kSecond / 10) && is_stopped_within(self, 0)) {
      return 0;
    }
  }
  return 1;
}

static void* run(void* instance) {
  ticks* self = instance;
  for (int64_t tick = 0; self->count == 0 || tick < self->count; ++tick) {
    if (is_stopped_within(self, self->interval_ns) || !append(self, tick)) return NULL;
    self->host->metric_add(self->context, kTicks, 1);
  }
  /* All has come: once every source has said so, the engine ends. */
  self->host->finished(self->context);
  return NULL;
}

/* A source has threads of its own, which begin here and have ended when `stop` returns. */
static int32_t start(void* instance) {
  ticks* self = instance;
  const penstock_text why = {"cannot start a thread", 21};
  self->has_thread = pthread_create(&self->thread, NULL, run, self) == 0;
  if (self->has_thread) return PENSTOCK_OK;
  self->host->set_error(self->context, why);
  return PENSTOCK_RETRY;
}

static void stop(void* instance) {
  ticks* self = instance;
  pthread_mutex_lock(&self->mutex);
  self->stopping = 1;
  pthread_cond_signal(&self->changed);
  pthread_mutex_unlock(&self->mutex);
  if (self->has_thread) pthread_join(self->thread, NULL);
  self->has_thread = 0;
}

static const penstock_node_type type = {
    .size = sizeof(penstock_node_type),
    .kind = PENSTOCK_SOURCE,
    .name = "example_source",
    .summary = "Appends a message at each interval, with a number that counts up.",
    .options = options,
    .option_count = 3,
    .metrics = metrics,
    .metric_count = 1,
    .create = create,
    .destroy = destroy,
    .start = start,
    .stop = stop};

/* The library's name is its file's name. */
static const penstock_plugin plugin = {.size = sizeof(penstock_plugin),
                                       .abi_major = PENSTOCK_ABI_MAJOR,
                                       .abi_minor = PENSTOCK_ABI_MINOR,
                                       .name = "example_source",
                                       .version = PENSTOCK_VERSION,
                                       .types = &type,
                                       .type_count = 1};

PENSTOCK_EXPORT const penstock_plugin* penstock_plugin_entry(void);
PENSTOCK_EXPORT const penstock_plugin* penstock_plugin_entry(void) { return &plugin; }
