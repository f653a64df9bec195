// What PostgreSQL is known to refuse, found before it is asked: a batch of good rows costs one look
// over its columns' bytes.
#pragma once

#include <penstock/batch.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace timescale_sink {

// What becomes of U+0000, which text and jsonb cannot hold (PostgreSQL "Character Types",
// "JSON Types").
enum class NulRule { kReplace, kReject };

struct RefusedRow {
  size_t chunk = 0;
  int64_t row = 0;
  std::string reason;
  std::string detail;
};

struct RowFindings {
  std::vector<RefusedRow> refused;  // in the order of the rows
  std::vector<bool> mend;           // by chunk: its texts have U+0000 that must be replaced
  uint64_t mended_rows = 0;
};

// Of a batch of points; see kColumns.
RowFindings check_rows(const penstock::Batch& batch, NulRule rule);

// U+0000 becomes U+FFFD, in a text and in JSON, where it is written \u0000.
std::string_view mended_text(std::string_view text, std::string& scratch);
std::string_view mended_json(std::string_view json, std::string& scratch);

}  // namespace timescale_sink
