#include "telemetry/printable.hpp"

#include <fmt/format.h>

#include <cstdint>

namespace penstock::engine {
namespace {

struct Character {
  uint32_t code = 0;
  size_t bytes = 0;  // 0: not UTF-8
};

// The Unicode Standard, table 3-7: no overlong forms, no surrogates, nothing past U+10FFFF.
Character first_of(std::string_view text) {
  constexpr uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return {lead, 1};
  const size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || bytes > text.size()) return {};
  uint32_t code = lead & (0x7Fu >> bytes);
  for (size_t i = 1; i < bytes; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xC0) != 0x80) return {};
    code = code << 6 | (next & 0x3Fu);
  }
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code < kSmallest[bytes] || surrogate || code > 0x10FFFF) return {};
  return {code, bytes};
}

bool is_obeyed(uint32_t code) {
  const auto from_to = [&](uint32_t first, uint32_t last) { return code >= first && code <= last; };
  return code < 0x20 || from_to(0x7F, 0x9F) || code == 0x61C || from_to(0x200E, 0x200F) ||
         from_to(0x2028, 0x202E) || from_to(0x2066, 0x2069);
}

std::string escaped(uint32_t code) {
  switch (code) {
    case '\n': return "\\n";
    case '\r': return "\\r";
    case '\t': return "\\t";
    default: return fmt::format("\\u{:04X}", code);
  }
}

}  // namespace

std::string printable(std::string_view text, std::string_view kept) {
  std::string shown;
  shown.reserve(text.size());
  while (!text.empty()) {
    const Character next = first_of(text);
    const size_t bytes = next.bytes ? next.bytes : 1;
    if (!next.bytes) shown += fmt::format("\\x{:02X}", static_cast<unsigned char>(text[0]));
    else if (is_obeyed(next.code) && kept.find(text[0]) == std::string_view::npos)
      shown += escaped(next.code);
    else shown += text.substr(0, bytes);
    text.remove_prefix(bytes);
  }
  return shown;
}

}  // namespace penstock::engine
