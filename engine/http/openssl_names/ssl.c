#include <openssl/ssl.h>

// OpenSSL 3 has it as a macro for the function that it was renamed to
// (SSL_get1_peer_certificate(3)).
#undef SSL_get_peer_certificate

X509* SSL_get_peer_certificate(const SSL* connection);
X509* SSL_get_peer_certificate(const SSL* connection) {
  return SSL_get1_peer_certificate(connection);
}
