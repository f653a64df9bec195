// Which columns of a batch go into which columns of the table, and in what encoding.
#pragma once

#include <penstock/schema.hpp>

#include <string>
#include <vector>

#include "choose_encoder.hpp"
#include "renamed.hpp"
#include "table_column.hpp"

namespace timescale_sink {

struct PlannedColumn {
  size_t at = 0;       // in the batch
  std::string source;  // its name there
  TableColumn to;
  EncoderChoice choice;

  ColumnEncoder& encoder(bool staged) const {
    return staged && choice.staged ? *choice.staged : *choice.encoder;
  }
};

// A column of the batch that the table lacks.
struct MissingColumn {
  std::string name, type;
};

struct ColumnPlan {
  std::vector<PlannedColumn> columns;
  std::vector<MissingColumn> missing;  // to be added before anything can be written
  std::vector<std::string> faults;     // why no row can be written, each with its remedy
  std::vector<std::string> warnings;   // why some rows will be refused
  std::vector<std::string> notes;

  // Whether some text must be read by the server's input functions, which COPY can't do.
  bool has_text_to_read() const;
  // "a, b, c", quoted.
  std::string names() const;
};

// `renamed` empty: every column goes into the one of the same name. Missing columns are to be added
// until the table has `most_columns`.
ColumnPlan plan_columns(const penstock::Schema& batch, const Table& table,
                        const std::vector<Renamed>& renamed, const EncodingRules& rules,
                        size_t most_columns = 0);

}  // namespace timescale_sink
