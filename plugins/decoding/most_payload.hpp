#pragma once

#include <cstddef>

namespace decoding {

// So that no column outgrows its offsets: of a payload as it comes, and of the text in it.
inline constexpr size_t kMostPayload = 1 << 30;

}  // namespace decoding
