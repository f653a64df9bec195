// The certificate that the HTTP server shows, from the files of [http].
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "config/result.hpp"

namespace penstock::engine {

// A certificate with its chain and its key. Immutable, so that handshakes of several threads share
// one.
class Certificate {
 public:
  // The error begins with the option whose file is wrong.
  static Result<std::shared_ptr<const Certificate>> read(const std::string& certificate_file,
                                                         const std::string& key_file);

  // What this connection shows (OpenSSL, SSL_use_cert_and_key: it takes references of its own).
  bool use_in(SSL& connection) const;

 private:
  Certificate() = default;
  bool is_accepted() const;

  struct Free {
    void operator()(X509* of) const { X509_free(of); }
    void operator()(EVP_PKEY* of) const { EVP_PKEY_free(of); }
    void operator()(STACK_OF(X509) * of) const { sk_X509_pop_free(of, X509_free); }
  };
  std::unique_ptr<X509, Free> leaf_;
  std::unique_ptr<STACK_OF(X509), Free> chain_;
  std::unique_ptr<EVP_PKEY, Free> key_;
};

}  // namespace penstock::engine
