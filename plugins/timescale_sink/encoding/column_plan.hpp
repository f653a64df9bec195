// Which columns of a batch go into which columns of the table, and how.
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

// A column that comes and the table lacks.
struct MissingColumn {
  std::string name, type;
};

struct ColumnPlan {
  std::vector<PlannedColumn> columns;
  std::vector<MissingColumn> missing;  // to be added before anything can be written
  // What keeps every row out, each with what to do about it; then nothing can be written.
  std::vector<std::string> faults;
  std::vector<std::string> warnings;  // what keeps some rows out
  std::vector<std::string> notes;

  // Whether the server must read some text, so that COPY can't be used.
  bool has_text_to_read() const;
  // "a, b, c", quoted.
  std::string names() const;
};

// `renamed` empty: each column goes into the one of its name, and all must. Up to `most_columns` of
// the table what it lacks is to be added.
ColumnPlan plan_columns(const penstock::Schema& batch, const Table& table,
                        const std::vector<Renamed>& renamed, const EncodingRules& rules,
                        size_t most_columns = 0);

}  // namespace timescale_sink
