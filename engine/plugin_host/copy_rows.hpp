// Copies rows of any columns that can be copied generically, and adds why.
#pragma once

#include <penstock/arrow.h>

#include <optional>
#include <span>
#include <string>

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
// They must not have more than `kMostCopied` bytes of text together, so that no column outgrows its
// offsets.
ArrowArray copy_rejected(const ArrowSchema& from, const ArrowArray* const* chunks,
                         std::span<const RejectedRow> rejected, const ArrowSchema& to,
                         const std::string& node);

// How many of `rejected`, of one chunk, fit into one copy; at least one.
inline constexpr size_t kMostCopied = size_t{1} << 30;
size_t copied_at_once(const ArrowSchema& from, const ArrowArray* const* chunks,
                      std::span<const RejectedRow> rejected, size_t most_bytes = kMostCopied);

}  // namespace penstock::engine
