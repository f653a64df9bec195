// Columns of text and bytes.
#pragma once

#include <string_view>

#include "column_encoder.hpp"

namespace timescale_sink {

// What becomes of U+0000, which text and jsonb cannot hold (PostgreSQL "Character Types",
// "JSON Types").
enum class NulRule { kReplace, kReject };

// NAMEDATALEN of PostgreSQL, less its end.
inline constexpr size_t kMostBytesOfName = 63;

// `large`: of a column of 64-bit offsets (large_utf8, large_binary).

// textrecv, varcharrecv, bpcharrecv, namerecv, enum_recv, json_recv, and of what the server's own
// input function is to read.
// A longer value than `most_bytes` is unfit; 0: any length.
ColumnEncoderPtr text_encoder(NulRule rule, bool large, size_t most_bytes = 0);
// jsonb_recv. `staged`: as its text, which the server then reads; judged alike.
ColumnEncoderPtr jsonb_encoder(NulRule rule, bool large, bool staged);
// bytearecv.
ColumnEncoderPtr bytes_encoder(bool large);

}  // namespace timescale_sink
