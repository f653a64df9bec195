// Whether a request comes with the user and the password that the pipeline file asks for.
#pragma once

#include <string>

namespace penstock::engine {

class Login {
 public:
  // No user: nobody is asked.
  Login(const std::string& user, const std::string& password);

  bool is_needed() const { return !expected_.empty(); }
  // `authorization`: the header of that name, or nullptr. Basic authentication, RFC 7617.
  bool allows(const char* authorization) const;

 private:
  std::string expected_;  // base64 of user:password, as a header has it
};

}  // namespace penstock::engine
