#include "config/choice.hpp"

#include <cctype>

namespace penstock::engine {
namespace {

struct OtherWord {
  std::string_view word, choice;
};

constexpr OtherWord kOtherWords[] = {{"warn", "warning"}, {"err", "error"}};

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

}  // namespace

std::optional<size_t> find_choice(const std::vector<std::string>& choices, std::string_view word) {
  std::string wanted = lower(word);
  const auto index_of = [&]() -> std::optional<size_t> {
    for (size_t i = 0; i < choices.size(); ++i) {
      if (lower(choices[i]) == wanted) return i;
    }
    return std::nullopt;
  };
  if (const auto index = index_of()) return index;
  for (const OtherWord& other : kOtherWords) {
    if (wanted != other.word) continue;
    wanted = other.choice;
    return index_of();
  }
  return std::nullopt;
}

std::vector<std::string> other_words_for(std::string_view choice) {
  std::vector<std::string> words;
  for (const OtherWord& other : kOtherWords) {
    if (other.choice == choice) words.emplace_back(other.word);
  }
  return words;
}

}  // namespace penstock::engine
