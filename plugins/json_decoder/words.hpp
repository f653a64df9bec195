// Why something can't be read, in words for the operator.
#pragma once

#include <string>
#include <string_view>

#include "json_text.hpp"

namespace json_decoder {

// Null: it can. Lives until the next one is said.
using Reason = const char*;

// The JSON itself is at fault; what and where is found out when it is told of. Known by its
// address.
inline constexpr char kNotJson[] = "not JSON";

class Words {
 public:
  Reason say(const char* what, std::string_view shown);
  Reason say(std::string text);
  // Because of a limit that an operator may raise.
  Reason over(const char* what, long long limit);
  // `payload`: what bytes are counted from; the first is 1.
  Reason say(const JsonFault& fault, std::string_view payload, long long most_depth);

  bool over_limit() const { return over_limit_; }
  void clear() { over_limit_ = false; }

 private:
  std::string text_;
  bool over_limit_ = false;
};

// Which option to look at, where one may be meant; or nothing.
std::string_view remedy_of(std::string_view reason);

// 1,234,567
std::string grouped(size_t number);

// As much of a text as a line of a log has room for; no character is cut.
std::string shortened(std::string_view text, size_t most_bytes = 60);

}  // namespace json_decoder
