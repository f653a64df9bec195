#include "config/quantity.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace penstock::engine {

std::string format_duration(int64_t ns) {
  constexpr std::array<std::pair<const char*, int64_t>, 5> kUnits{{{"h", 3600'000'000'000},
                                                                   {"m", 60'000'000'000},
                                                                   {"s", 1'000'000'000},
                                                                   {"ms", 1'000'000},
                                                                   {"us", 1'000}}};
  for (const auto& [name, size] : kUnits) {
    if (ns >= size && ns % size == 0) return fmt::format("{}{}", ns / size, name);
  }
  return fmt::format("{}ns", ns);
}

std::string format_size(int64_t bytes) {
  for (const auto& [name, size] :
       {std::pair<const char*, int64_t>{"GiB", 1073741824}, {"MiB", 1048576}, {"KiB", 1024}}) {
    if (bytes >= size && bytes % size == 0) return fmt::format("{}{}", bytes / size, name);
  }
  return fmt::format("{}B", bytes);
}

std::string format_grouped(int64_t number) {
  std::string text = std::to_string(number);
  const int first = number < 0 ? 1 : 0;
  for (int at = static_cast<int>(text.size()) - 3; at > first; at -= 3) {
    text.insert(static_cast<size_t>(at), ",");
  }
  return text;
}

std::string format_uptime(int64_t seconds) {
  const int64_t h = seconds / 3600, m = seconds / 60 % 60, s = seconds % 60;
  if (h > 0) return fmt::format("{}h{}m{}s", h, m, s);
  if (m > 0) return fmt::format("{}m{}s", m, s);
  return fmt::format("{}s", s);
}

}  // namespace penstock::engine
