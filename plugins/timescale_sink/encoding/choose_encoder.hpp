// Which encoder carries a column of a batch into a column of the table, if any does.
#pragma once

#include "column_encoder.hpp"
#include "table_column.hpp"
#include "text_encoder.hpp"

namespace timescale_sink {

struct EncodingRules {
  NulRule nul = NulRule::kReplace;
  // A value between two that the column can hold becomes the nearest, as PostgreSQL's cast has it.
  bool rounds = false;
};

struct EncoderChoice {
  ColumnEncoderPtr encoder;  // null: no value fits
  // For a temporary table whose column is bytea, where texts go unchecked; null: as `encoder`.
  ColumnEncoderPtr staged;
  // Of what `encoder` writes. Text, when the server's input function for the column's type is to
  // read it: by INSERT only, since COPY converts nothing.
  bool is_text_to_read = false;
  bool is_text = false;  // in the database's encoding, which may lack a character
  bool rounds = false;   // two values may become one in the column
  std::string note;      // what the column's precision takes from a value
};

// `format` is Arrow's.
EncoderChoice choose_encoder(const std::string& format, const TableColumn& to,
                             const EncodingRules& rules);

}  // namespace timescale_sink
