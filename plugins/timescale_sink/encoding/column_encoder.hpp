// Encodes the values of a batch's column for a column of the table.
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

// The result of checking a chunk's values.
struct Judgement {
  std::vector<Unfit> unfit;     // may have a row twice
  std::vector<int64_t> mended;  // rows whose U+0000 is to be replaced
};

// `mend`: its texts contain U+0000, which is replaced.
struct ColumnChunk {
  const ArrowArray& values;
  bool mend = false;
};

// Row numbers within a chunk, ascending.
using RowNumbers = std::span<const int32_t>;

// Writes fields in PostgreSQL's binary format, which is the same in COPY, arrays and parameters: a
// length of four bytes, -1 for NULL, then what the type's receive function reads. Unfit values must
// not be written. One thread at a time.
class ColumnEncoder {
 public:
  virtual ~ColumnEncoder() = default;

  // Checks all `rows` values of a chunk.
  virtual void judge(const ArrowArray& values, int64_t rows, Judgement& to) const = 0;
  // Adds the size of the field of rows[i] to bytes[i].
  virtual void measure(const ColumnChunk& chunk, RowNumbers rows, uint32_t* bytes) = 0;
  // Writes the field of rows[i] to at[i] and advances at[i]. The same rows were measured just
  // before.
  virtual void write(const ColumnChunk& chunk, RowNumbers rows, char** at) = 0;
};

using ColumnEncoderPtr = std::unique_ptr<ColumnEncoder>;

}  // namespace timescale_sink
