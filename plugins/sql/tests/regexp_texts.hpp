// Regular expressions by chance, and texts on which they may match.
#pragma once

#include <random>
#include <string>

namespace sql {

class RegexpTexts {
 public:
  explicit RegexpTexts(std::mt19937_64& random) : random_(random) {}

  std::string pattern() { return pattern(2); }
  std::string subject();
  std::string replacement();
  std::string flags();

  // One thing may be wrong in a call, where nothing else can fail: what is constant is refused
  // before a row is seen.
  enum class Wrong { kNothing, kPattern, kNumber, kFlags };
  void allow(Wrong what) { wrong_ = what; }
  void allow_one() { wrong_ = static_cast<Wrong>(below(4)); }
  std::string number() {
    return wrong_ == Wrong::kNumber ? one_of({"1", "2", "0", "-1"}) : one_of({"1", "1", "2", "3"});
  }

 private:
  std::string pattern(int depth);
  std::string piece(int depth);
  std::string atom(int depth);
  std::string one_of(std::initializer_list<const char*> texts) {
    return texts.begin()[below(texts.size())];
  }
  size_t below(size_t count) {
    return std::uniform_int_distribution<size_t>(0, count - 1)(random_);
  }

  std::mt19937_64& random_;
  Wrong wrong_ = Wrong::kNothing;
};

}  // namespace sql
