// Why something can't be read, in words for the operator.
#pragma once

#include <string>
#include <string_view>

namespace decoding {

// Null: it can. Lives until the next one is said.
using Reason = const char*;

class Words {
 public:
  Reason say(const char* what, std::string_view shown);
  Reason say(std::string text);
  // Because of a limit that an operator may raise.
  Reason over(const char* what, long long limit, const char* behind = "");

  bool over_limit() const { return over_limit_; }
  void clear() { over_limit_ = false; }

 private:
  std::string text_;
  bool over_limit_ = false;
};

// 1,234,567
std::string grouped(size_t number);

// As much of a text as a line of a log has room for; no character is cut.
std::string shortened(std::string_view text, size_t most_bytes = 60);

}  // namespace decoding
