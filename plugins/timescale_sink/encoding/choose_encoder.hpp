// Chooses the encoder from a column of a batch to a column of the table, if there is one.
#pragma once

#include "column_encoder.hpp"
#include "table_column.hpp"
#include "text_encoder.hpp"

namespace timescale_sink {

struct EncodingRules {
  NulRule nul = NulRule::kReplace;
  // A value that the column cannot hold exactly becomes the nearest, as in PostgreSQL's casts.
  bool rounds = false;
};

struct EncoderChoice {
  ColumnEncoderPtr encoder;  // null: no value fits
  // For the stage, whose column is bytea and takes any text; null: the same as `encoder`.
  ColumnEncoderPtr staged;
  // `encoder` writes text for the input function of the column's type: only by INSERT, since COPY
  // converts nothing.
  bool is_text_to_read = false;
  bool is_text = false;  // in the database's encoding, which may lack a character
  bool rounds = false;   // different values may become equal in the column
  std::string note;      // what the column's precision costs
};

// `format` is Arrow's.
EncoderChoice choose_encoder(const std::string& format, const TableColumn& to,
                             const EncodingRules& rules);

}  // namespace timescale_sink
