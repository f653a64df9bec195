// Copies rows of any columns that can be copied generically, and adds why.
#pragma once

#include <penstock/arrow.h>

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace penstock::engine {

struct RejectedRow {
  size_t chunk = 0;
  int64_t row = 0;
  std::string reason;
  std::string detail;  // empty: none
  // Only a part of it, which leaves with this in the place of its column.
  std::optional<size_t> part_column = std::nullopt;
  std::string part = "";
};

// The rows of `rejected`, taken from `chunks` of schema `from`, in the columns of `to`,
// which are those of `from` that can be copied, then `node`, `reason` and `detail`.
ArrowArray copy_rejected(const ArrowSchema& from, const ArrowArray* const* chunks,
                         std::span<const RejectedRow> rejected, const ArrowSchema& to,
                         const std::string& node);

}  // namespace penstock::engine
