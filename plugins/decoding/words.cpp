#include "words.hpp"

#include <utility>

namespace decoding {

std::string shortened(std::string_view text, size_t most_bytes) {
  if (text.size() <= most_bytes) return std::string(text);
  const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; };
  while (most_bytes > 0 && continues(text[most_bytes])) --most_bytes;
  return std::string(text.substr(0, most_bytes)) + "…";
}

std::string grouped(size_t number) {
  std::string text = std::to_string(number);
  for (size_t i = text.size(); i > 3;) text.insert(i -= 3, ",");
  return text;
}

Reason Words::say(const char* what, std::string_view shown) { return say(what + shortened(shown)); }

Reason Words::say(std::string text) {
  text_ = std::move(text);
  return text_.c_str();
}

Reason Words::over(const char* what, long long limit, const char* behind) {
  over_limit_ = true;
  text_ = what + std::to_string(limit) + behind;
  return text_.c_str();
}

}  // namespace decoding
