#include "http/login.hpp"

#include <strings.h>
#include <penstock/json_text.hpp>

#include <algorithm>

#include <string_view>

namespace penstock::engine {
namespace {

// Takes as long for a password that is nearly right as for any other.
bool same(std::string_view given, std::string_view expected) {
  unsigned char differs = given.size() == expected.size() ? 0 : 1;
  for (size_t i = 0; i < given.size(); ++i) {
    const char of_expected = expected.empty() ? '\0' : expected[i % expected.size()];
    differs |= static_cast<unsigned char>(given[i] ^ of_expected);
  }
  return differs == 0;
}

}  // namespace

Login::Login(const std::string& user, const std::string& password) {
  if (!user.empty()) expected_ = base64(user + ":" + password);
}

bool Login::allows(const char* authorization) const {
  if (!is_needed()) return true;
  constexpr std::string_view kScheme = "Basic ";
  if (!authorization || strncasecmp(authorization, kScheme.data(), kScheme.size()) != 0) {
    return false;
  }
  std::string_view given(authorization + kScheme.size());
  given.remove_prefix(std::min(given.find_first_not_of(' '), given.size()));
  given.remove_suffix(given.size() - (given.find_last_not_of(' ') + 1));
  return same(given, expected_);
}

}  // namespace penstock::engine
