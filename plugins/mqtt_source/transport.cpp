#include "transport.hpp"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "address_race.hpp"

namespace mqtt_source {
namespace {

using Clock = std::chrono::steady_clock;

// OpenSSL's first error, which is the cause.
std::string tls_error() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  if (code == 0) return "the connection was closed during TLS";
  const char* reason = ERR_reason_error_string(code);
  return std::string("TLS: ") + (reason ? reason : "unknown error");
}

// Waits for `events` on `fd`. Empty: they came; otherwise why not.
std::string wait_for(int fd, short events, int wake_fd, Clock::time_point deadline) {
  pollfd polled[2] = {{fd, events, 0}, {wake_fd, POLLIN, 0}};
  while (true) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return "no answer in time";
    const int count = poll(polled, 2, static_cast<int>(left));
    if (count < 0 && errno != EINTR) return std::strerror(errno);
    if (count > 0 && polled[1].revents) return "stopped";
    if (count > 0) return "";
  }
}

bool is_ip_address(const std::string& host) {
  unsigned char bytes[16];
  return inet_pton(AF_INET, host.c_str(), bytes) == 1 ||
         inet_pton(AF_INET6, host.c_str(), bytes) == 1;
}

}  // namespace

Transport::Transport(const BrokerAddress& address, const Options& options)
    : address_(address), options_(options) {}

void Transport::close() {
  if (ssl_) SSL_shutdown(ssl_.get());
  ssl_.reset();
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

void Transport::finish(std::string_view last, std::chrono::milliseconds patience) {
  const Deadline deadline = Clock::now() + patience;
  bool is_writing = true;
  Transfer written;
  do {
    while (!last.empty() && (written = write(last)).status == Status::kDone) {
      last.remove_prefix(written.bytes);
    }
    if (is_writing && last.empty()) {
      if (ssl_) SSL_shutdown(ssl_.get());
      shutdown(fd_, SHUT_WR);
      is_writing = false;
    }
  } while (written.status != Status::kClosed &&
           wait_for(fd_, is_writing ? POLLIN | POLLOUT : POLLIN, -1, deadline).empty() &&
           discard());
  close();
}

// False: the broker has closed the connection.
bool Transport::discard() {
  char ignored[16 << 10];
  const ssize_t count = ::read(fd_, ignored, sizeof(ignored));
  return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR));
}

std::string Transport::open(std::chrono::milliseconds timeout, int wake_fd) {
  close();
  const Deadline deadline = Clock::now() + timeout;
  std::string error;
  fd_ = connect_to_first(address_.host, address_.port, deadline, wake_fd, error);
  if (error.empty() && address_.tls) error = shake_hands(deadline, wake_fd);
  if (!error.empty()) close();
  return error;
}

std::string Transport::make_context() {
  context_.reset(SSL_CTX_new(TLS_client_method()));
  if (!context_) return tls_error();
  SSL_CTX* context = context_.get();
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  const int loaded = options_.tls_ca.empty()
                         ? SSL_CTX_set_default_verify_paths(context)
                         : SSL_CTX_load_verify_locations(context, options_.tls_ca.c_str(), nullptr);
  if (loaded != 1) return "tls_ca " + options_.tls_ca + ": " + tls_error();
  SSL_CTX_set_verify(context, options_.tls_verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  if (options_.tls_cert.empty()) return "";
  SSL_CTX_set_default_passwd_cb_userdata(context,
                                         const_cast<char*>(options_.tls_key_password.text.c_str()));
  SSL_CTX_set_default_passwd_cb(context, [](char* to, int size, int, void* password) {
    const std::string_view text(static_cast<const char*>(password));
    const size_t count = std::min(text.size(), static_cast<size_t>(size));
    std::memcpy(to, text.data(), count);
    return static_cast<int>(count);
  });
  if (SSL_CTX_use_certificate_chain_file(context, options_.tls_cert.c_str()) != 1) {
    return "tls_cert " + options_.tls_cert + ": " + tls_error();
  }
  if (SSL_CTX_use_PrivateKey_file(context, options_.tls_key.c_str(), SSL_FILETYPE_PEM) != 1) {
    return "tls_key " + options_.tls_key + ": " + tls_error();
  }
  return "";
}

std::string Transport::shake_hands(Deadline deadline, int wake_fd) {
  if (std::string error = make_context(); !error.empty()) return error;
  if (const std::string list = options_.alpn_list(); !list.empty()) {
    SSL_CTX_set_alpn_protos(context_.get(), reinterpret_cast<const unsigned char*>(list.data()),
                            static_cast<unsigned>(list.size()));
  }
  ssl_.reset(SSL_new(context_.get()));
  SSL_set_fd(ssl_.get(), fd_);
  if (is_ip_address(address_.host)) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_.get()), address_.host.c_str());
  } else {
    SSL_set_tlsext_host_name(ssl_.get(), address_.host.c_str());
    SSL_set1_host(ssl_.get(), address_.host.c_str());
  }
  while (true) {
    ERR_clear_error();
    const int result = SSL_connect(ssl_.get());
    if (result == 1) return "";
    const int why = SSL_get_error(ssl_.get(), result);
    if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) {
      const long verified = SSL_get_verify_result(ssl_.get());
      if (verified == X509_V_OK) return tls_error();
      ERR_clear_error();
      return std::string("TLS: the broker's certificate: ") +
             X509_verify_cert_error_string(verified);
    }
    const short events = why == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT;
    if (std::string error = wait_for(fd_, events, wake_fd, deadline); !error.empty()) return error;
  }
}

Transport::Transfer Transport::tls_result(int result) {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: return {Status::kWouldBlock, 0, ""};
    case SSL_ERROR_ZERO_RETURN: return {Status::kClosed, 0, "the broker closed the connection"};
    case SSL_ERROR_SYSCALL:
      return {Status::kClosed, 0,
              errno ? std::strerror(errno) : "the broker closed the connection"};
    default: return {Status::kClosed, 0, tls_error()};
  }
}

Transport::Transfer Transport::read(std::span<char> to) {
  if (ssl_) {
    // A TLS record holds 16 KiB at most; read all that are there.
    Transfer all;
    while (all.bytes < to.size()) {
      ERR_clear_error();
      errno = 0;
      const int count =
          SSL_read(ssl_.get(), to.data() + all.bytes,
                   static_cast<int>(std::min<size_t>(to.size() - all.bytes, INT32_MAX)));
      if (count > 0) {
        all.bytes += static_cast<size_t>(count);
        continue;
      }
      return all.bytes > 0 ? all : tls_result(count);
    }
    return all;
  }
  const ssize_t count = ::read(fd_, to.data(), to.size());
  if (count > 0) return {Status::kDone, static_cast<size_t>(count), ""};
  if (count == 0) return {Status::kClosed, 0, "the broker closed the connection"};
  if (errno == EAGAIN || errno == EINTR) return {Status::kWouldBlock, 0, ""};
  return {Status::kClosed, 0, std::strerror(errno)};
}

Transport::Transfer Transport::write(std::string_view from) {
  if (ssl_) {
    ERR_clear_error();
    errno = 0;
    const int count = SSL_write(ssl_.get(), from.data(),
                                static_cast<int>(std::min<size_t>(from.size(), INT32_MAX)));
    if (count > 0) return {Status::kDone, static_cast<size_t>(count), ""};
    return tls_result(count);
  }
  const ssize_t count = ::send(fd_, from.data(), from.size(), MSG_NOSIGNAL);
  if (count >= 0) return {Status::kDone, static_cast<size_t>(count), ""};
  if (errno == EAGAIN || errno == EINTR) return {Status::kWouldBlock, 0, ""};
  return {Status::kClosed, 0, std::strerror(errno)};
}

}  // namespace mqtt_source
