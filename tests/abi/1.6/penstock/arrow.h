/* The Arrow C data interface: the two structs in which every record batch travels.
 *
 * Field for field as https://arrow.apache.org/docs/format/CDataInterface.html states
 * them, under the guard macro that the specification asks for, so that this header and
 * any other that defines them can be included together.
 */
#ifndef PENSTOCK_ARROW_H
#define PENSTOCK_ARROW_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

/* A column's (or a struct's) type. `format` is the specification's type string:
 * "u" utf8, "z" binary, "s" int16, "g" float64, "tsu:UTC" timestamp in µs, "+s" struct. */
struct ArrowSchema {
  const char* format;
  const char* name;
  const char* metadata;
  int64_t flags;
  int64_t n_children;
  struct ArrowSchema** children;
  struct ArrowSchema* dictionary;
  void (*release)(struct ArrowSchema*);
  void* private_data;
};

/* A column's (or a struct's) values. A record batch is a struct array ("+s") whose
 * children are the columns. Freed by calling `release`, once, unless it is NULL. */
struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void** buffers;
  struct ArrowArray** children;
  struct ArrowArray* dictionary;
  void (*release)(struct ArrowArray*);
  void* private_data;
};

#endif /* ARROW_C_DATA_INTERFACE */

#ifdef __cplusplus
}
#endif

#endif
