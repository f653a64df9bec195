#include "config/certificate.hpp"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "config/file_text.hpp"

namespace penstock::engine {
namespace {

struct FreeBio {
  void operator()(BIO* of) const { BIO_free(of); }
};
using Bio = std::unique_ptr<BIO, FreeBio>;

Result<Bio> read_pem(const char* option, const std::string& path) {
  constexpr size_t kMostBytes = 1 << 20;
  const auto text = read_file_text(path, kMostBytes);
  if (!text) return fail(fmt::format("{}: cannot read {}: {}", option, path, text.error()));
  if (text->find("-----BEGIN ") == std::string::npos) {
    return fail(
        fmt::format("{}: {} is not a PEM file, which has a line -----BEGIN …", option, path));
  }
  Bio bio(BIO_new(BIO_s_mem()));
  BIO_write(bio.get(), text->data(), static_cast<int>(text->size()));
  return bio;
}

// A key with a passphrase is refused: there is nobody to ask at a start.
int no_passphrase(char*, int, int, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

}  // namespace

Result<std::shared_ptr<const Certificate>> Certificate::read(const std::string& certificate_file,
                                                             const std::string& key_file) {
  const auto certificate_text = read_pem("tls_cert", certificate_file);
  if (!certificate_text) return fail(certificate_text.error());
  const auto key_text = read_pem("tls_key", key_file);
  if (!key_text) return fail(key_text.error());

  std::shared_ptr<Certificate> made(new Certificate);
  made->leaf_.reset(PEM_read_bio_X509_AUX(certificate_text->get(), nullptr, nullptr, nullptr));
  made->chain_.reset(sk_X509_new_null());
  while (X509* next = PEM_read_bio_X509(certificate_text->get(), nullptr, nullptr, nullptr)) {
    sk_X509_push(made->chain_.get(), next);
  }
  const bool whole = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  bool asked = false;
  std::string error;
  ERR_clear_error();
  made->key_.reset(PEM_read_bio_PrivateKey(key_text->get(), nullptr, no_passphrase, &asked));
  if (!made->leaf_) {
    error = fmt::format("tls_cert: {} holds no certificate", certificate_file);
  } else if (!whole) {
    error = fmt::format("tls_cert: {}: certificate {} of its chain cannot be read",
                        certificate_file, sk_X509_num(made->chain_.get()) + 1);
  } else if (asked) {
    error = fmt::format(
        "tls_key: {} is encrypted; write it without a passphrase (openssl pkey -in FILE -out …) "
        "and let only the service's user read it",
        key_file);
  } else if (!made->key_) {
    error = fmt::format("tls_key: {} holds no private key", key_file);
  } else if (X509_check_private_key(made->leaf_.get(), made->key_.get()) != 1) {
    error = fmt::format("tls_key: {} is not the key of the certificate in {}", key_file,
                        certificate_file);
  }
  if (error.empty() && !made->is_accepted()) {
    const char* why = ERR_reason_error_string(ERR_peek_last_error());
    error =
        fmt::format("tls_cert: OpenSSL refuses {}: {}", certificate_file, why ? why : "unknown");
  }
  ERR_clear_error();  // also the end of the chain has left one
  if (!error.empty()) return fail(std::move(error));
  return made;
}

// What use_in will be answered: a key may be too short for this machine's security level.
bool Certificate::is_accepted() const {
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_server_method()),
                                                                  SSL_CTX_free);
  const std::unique_ptr<SSL, decltype(&SSL_free)> connection(SSL_new(context.get()), SSL_free);
  return connection && use_in(*connection);
}

bool Certificate::use_in(SSL& connection) const {
  constexpr int kReplaceOthers = 1;
  return SSL_use_cert_and_key(&connection, leaf_.get(), key_.get(), chain_.get(), kReplaceOthers) ==
         1;
}

}  // namespace penstock::engine
