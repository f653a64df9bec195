// A connection's bytes: TCP, with TLS by OpenSSL if the address says so.
#pragma once

#include <openssl/ssl.h>

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "broker_address.hpp"
#include "options.hpp"

namespace mqtt_source {

class Transport {
 public:
  Transport(const BrokerAddress& address, const Options& options);
  ~Transport() { close(); }
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  // Connects and, with TLS, shakes hands. Returns early when `wake_fd` becomes readable.
  // Empty: connected; otherwise why not.
  std::string open(std::chrono::milliseconds timeout, int wake_fd);
  void close();
  // Writes `last` and closes once the broker has closed its side, and so has read everything, or
  // after `patience`. Closing a socket with unread data would discard what is still under way
  // (RFC 2525 §2.17), so what comes is read and ignored.
  void finish(std::string_view last, std::chrono::milliseconds patience);
  bool is_open() const { return fd_ >= 0; }
  int fd() const { return fd_; }

  enum class Status { kDone, kWouldBlock, kClosed };
  struct Transfer {
    Status status = Status::kDone;
    size_t bytes = 0;
    std::string error;  // kClosed: why
  };
  // These don't block. `read` takes all that is there, up to the span's size.
  Transfer read(std::span<char> to);
  Transfer write(std::string_view from);

  // TLS holds decrypted bytes, which poll() does not see.
  bool has_buffered() const { return ssl_ && SSL_pending(ssl_.get()) > 0; }

 private:
  struct FreeContext {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };
  struct FreeSession {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };
  using Deadline = std::chrono::steady_clock::time_point;

  std::string shake_hands(Deadline deadline, int wake_fd);
  std::string make_context();
  Transfer tls_result(int result);
  bool discard();

  const BrokerAddress address_;
  const Options& options_;
  int fd_ = -1;
  std::unique_ptr<SSL_CTX, FreeContext> context_;
  std::unique_ptr<SSL, FreeSession> ssl_;
};

}  // namespace mqtt_source
