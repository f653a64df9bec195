// Regular expressions by chance, and texts on which they may match.
#pragma once

#include <random>
#include <string>

namespace sql {

class RegexpTexts {
 public:
  explicit RegexpTexts(std::mt19937_64& random) : random_(random) {}

  std::string pattern(int depth = 2);
  std::string subject();
  std::string replacement();
  std::string flags();

 private:
  std::string piece(int depth);
  std::string atom(int depth);
  std::string one_of(std::initializer_list<const char*> texts) {
    return texts.begin()[below(texts.size())];
  }
  size_t below(size_t count) {
    return std::uniform_int_distribution<size_t>(0, count - 1)(random_);
  }

  std::mt19937_64& random_;
};

}  // namespace sql
