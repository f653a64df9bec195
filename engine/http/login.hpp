// Whether a request comes with the user and the password that the pipeline file asks for.
#pragma once

#include <string>

struct MHD_Connection;

namespace penstock::engine {

class Login {
 public:
  // No user: nobody is asked.
  Login(std::string user, std::string password)
      : user_(std::move(user)), password_(std::move(password)) {}

  bool is_needed() const { return !user_.empty(); }
  // Basic authentication, RFC 7617.
  bool allows(MHD_Connection& connection) const;

 private:
  const std::string user_, password_;
};

}  // namespace penstock::engine
