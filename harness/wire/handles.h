// Owners of OpenSSL's handles.
#pragma once

#include <memory>
#include <string>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "harness/model/free_with.h"

namespace mqtts::wire {

using BioPtr = std::unique_ptr<BIO, FreeWith<BIO_free_all>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>>;
using SslContextPtr = std::unique_ptr<SSL_CTX, FreeWith<SSL_CTX_free>>;
using SslPtr = std::unique_ptr<SSL, FreeWith<SSL_free>>;
using CertificatePtr = std::unique_ptr<X509, FreeWith<X509_free>>;

// What OpenSSL says of the failures in this thread since the last call, oldest first. Empties the thread's queue.
std::string openssl_words();

}  // namespace mqtts::wire
