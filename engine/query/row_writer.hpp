// Rows on standard output, in a form for people or for programs.
#pragma once

#include <penstock/arrow.h>

#include <memory>
#include <string>
#include <vector>

namespace penstock::engine {

// CSV and tables are made of columns of texts; NDJSON of values.
class RowWriter {
 public:
  virtual ~RowWriter() = default;
  // `number`: of the input that it was made of, from 1 on.
  virtual void write(const ArrowArray& rows, int64_t row, uint64_t number) = 0;
  // After the last.
  virtual void end() = 0;
};

struct RowWriterOptions {
  const ArrowSchema& schema;
  bool has_numbers = false;  // with a first column `n`
};
// A header and a line a row: NULL is empty, the empty text is in quotes.
std::unique_ptr<RowWriter> make_csv_writer(const RowWriterOptions& options);
std::unique_ptr<RowWriter> make_table_writer(const RowWriterOptions& options);
std::unique_ptr<RowWriter> make_ndjson_writer(const RowWriterOptions& options);

}  // namespace penstock::engine
