// The values of one column of a batch, as a column of the table takes them.
#pragma once

#include <penstock/arrow.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace timescale_sink {

// A value that the table's column cannot hold.
struct Unfit {
  int64_t row = 0;
  std::string why;
};

// What became of a chunk's values in one look over them.
struct Judgement {
  std::vector<Unfit> unfit;     // some rows perhaps twice
  std::vector<int64_t> mended;  // rows whose U+0000 is to be replaced
};

// Of one chunk; `mend`: its texts have U+0000 that is replaced.
struct ColumnChunk {
  const ArrowArray& values;
  bool mend = false;
};

// Numbers of rows in their chunk, in their order.
using RowNumbers = std::span<const int32_t>;

// Fields as PostgreSQL's binary formats have them, in COPY, in arrays and in parameters alike: a
// length of four bytes, -1 for NULL, then what the type's receive function reads. Values that are
// unfit must not be written. One thread at a time.
class ColumnEncoder {
 public:
  virtual ~ColumnEncoder() = default;

  // Looks at all `rows` values of a chunk.
  virtual void judge(const ArrowArray& values, int64_t rows, Judgement& to) const = 0;
  // Adds to bytes[i] what the field of rows[i] takes.
  virtual void measure(const ColumnChunk& chunk, RowNumbers rows, uint32_t* bytes) = 0;
  // Writes the field of rows[i] at at[i], which is moved behind it. The same rows have just been
  // measured.
  virtual void write(const ColumnChunk& chunk, RowNumbers rows, char** at) = 0;
};

using ColumnEncoderPtr = std::unique_ptr<ColumnEncoder>;

}  // namespace timescale_sink
