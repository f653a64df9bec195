// Encodes columns of text and bytes.
#pragma once

#include <string_view>

#include "column_encoder.hpp"

namespace timescale_sink {

// What to do with U+0000, which text and jsonb cannot hold (PostgreSQL "Character Types",
// "JSON Types").
enum class NulRule { kReplace, kReject };

// PostgreSQL's NAMEDATALEN - 1.
inline constexpr size_t kMostBytesOfName = 63;

// `large`: the column has 64-bit offsets (large_utf8, large_binary).

// For textrecv, varcharrecv, bpcharrecv, namerecv, enum_recv, json_recv, and for text that an input
// function reads. Values longer than `most_bytes` are unfit; 0: no limit.
ColumnEncoderPtr text_encoder(NulRule rule, bool large, size_t most_bytes = 0);
// For jsonb_recv. `staged`: as text, for the server to convert; the checks are the same.
ColumnEncoderPtr jsonb_encoder(NulRule rule, bool large, bool staged);
// For bytearecv.
ColumnEncoderPtr bytes_encoder(bool large);

}  // namespace timescale_sink
