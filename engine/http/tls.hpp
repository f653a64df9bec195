// TLS of the HTTP server: CivetWeb does the handshakes, with a context and a certificate of ours.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <mutex>

#include "config/certificate.hpp"
#include "config/result.hpp"

namespace penstock::engine {

class TlsContext {
 public:
  // Makes CivetWeb ready for TLS, too.
  static Result<std::unique_ptr<TlsContext>> create(std::shared_ptr<const Certificate> certificate);

  // Handshakes that begin from now on show this one. Any thread.
  void use(std::shared_ptr<const Certificate> certificate);
  SSL_CTX* get() const { return context_.get(); }

 private:
  TlsContext() = default;
  static int choose_certificate(SSL* connection, void* context);

  struct Free {
    void operator()(SSL_CTX* of) const { SSL_CTX_free(of); }
  };
  std::unique_ptr<SSL_CTX, Free> context_;
  std::mutex mutex_;
  std::shared_ptr<const Certificate> certificate_;
};

}  // namespace penstock::engine
