// What `penstock top` shows: a running engine's view as lines of text.
#pragma once

#include <string>
#include <vector>

namespace penstock::engine {

enum class Tone { kPlain, kStrong, kQuiet, kOk, kWarning, kTrouble };

// A line in one tone.
struct ScreenLine {
  std::string text;
  Tone tone = Tone::kPlain;
};

// `view` is what /view answers; `before` the one before it, for rates over all, or empty.
// No line is longer than `width` characters.
std::vector<ScreenLine> screen_of(const std::string& view, const std::string& before, size_t width);

}  // namespace penstock::engine
