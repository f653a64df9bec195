// Nothing of its own: what CivetWeb looks up is found in the library that this one depends on.
typedef int penstock_crypto_has_no_symbols;
