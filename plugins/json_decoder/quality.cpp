#include "quality.hpp"

#include <array>
#include <utility>

namespace json_decoder {
namespace {

constexpr std::array<std::pair<std::string_view, int16_t>, 7> kNames{{{"good", kGood},
                                                                      {"uncertain", kUncertain},
                                                                      {"bad", kBad},
                                                                      {"not_connected", kBad},
                                                                      {"config_error", kBad},
                                                                      {"device_failure", kBad},
                                                                      {"timeout", kBad}}};

bool equal_ignoring_case(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] + 32) : text[i];
    if (c != lower[i]) return false;
  }
  return true;
}

}  // namespace

std::optional<int16_t> quality_of(std::string_view name) {
  for (const auto& [known, quality] : kNames) {
    if (equal_ignoring_case(name, known)) return quality;
  }
  return std::nullopt;
}

}  // namespace json_decoder
