#include "http/tls.hpp"

#include <civetweb.h>
#include <dlfcn.h>
#include <fmt/format.h>

#include <filesystem>

namespace penstock::engine {
namespace {

// CivetWeb opens libcrypto.so and libssl.so by these names when TLS is asked for (civetweb.c,
// initialize_openssl and load_tls_dll). The dynamic linker gives it a library of that SONAME which
// is loaded already, so ours are loaded first; openssl_names/README.md says what they are.
Result<void> load_openssl_names() {
  std::error_code unreadable;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", unreadable);
  const std::filesystem::path folder = self.parent_path() / PENSTOCK_OPENSSL_NAMES_FOLDER;
  for (const char* name : {"libcrypto.so", "libssl.so"}) {
    const std::string path = (folder / name).lexically_normal();
    // Never closed: CivetWeb keeps what it finds in it.
    if (dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL)) continue;
    return fail(fmt::format(
        "https is not available: {}; install the whole package, or leave out tls_cert", dlerror()));
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<TlsContext>> TlsContext::create(
    std::shared_ptr<const Certificate> certificate) {
  if (auto loaded = load_openssl_names(); !loaded) return fail(std::move(loaded.error()));
  // Its result must be looked at: mg_start succeeds all the same, and the first handshake crashes.
  if ((mg_init_library(MG_FEATURES_TLS) & MG_FEATURES_TLS) == 0) {
    return fail(
        "https is not available: CivetWeb could not load OpenSSL; remove tls_cert and put a "
        "proxy that speaks TLS in front");
  }
  std::unique_ptr<TlsContext> made(new TlsContext);
  made->certificate_ = std::move(certificate);
  made->context_.reset(SSL_CTX_new(TLS_server_method()));
  if (!made->context_) throw std::bad_alloc();
  SSL_CTX* context = made->context_.get();
  // RFC 8996 deprecates the versions before 1.2.
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(
      context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_cert_cb(context, choose_certificate, made.get());
  return made;
}

void TlsContext::use(std::shared_ptr<const Certificate> certificate) {
  const std::lock_guard lock(mutex_);
  certificate_ = std::move(certificate);
}

// In one of CivetWeb's threads, once for each handshake.
int TlsContext::choose_certificate(SSL* connection, void* context) {
  TlsContext& self = *static_cast<TlsContext*>(context);
  std::shared_ptr<const Certificate> current;
  {
    const std::lock_guard lock(self.mutex_);
    current = self.certificate_;
  }
  return current->use_in(*connection) ? 1 : 0;
}

}  // namespace penstock::engine
