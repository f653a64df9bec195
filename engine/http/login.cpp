#include "http/login.hpp"

#include <microhttpd.h>

#include <memory>
#include <string_view>

namespace penstock::engine {
namespace {

struct Free {
  void operator()(char* text) const { MHD_free(text); }
};

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

bool Login::allows(MHD_Connection& connection) const {
  if (!is_needed()) return true;
  char* given = nullptr;
  const std::unique_ptr<char, Free> user(MHD_basic_auth_get_username_password(&connection, &given));
  const std::unique_ptr<char, Free> password(given);
  if (!user || !password) return false;
  const bool right_user = same(user.get(), user_);
  return same(password.get(), password_) && right_user;
}

}  // namespace penstock::engine
