// Owners of OpenSSL's TLS handles.
#pragma once

#include <memory>

#include <openssl/ssl.h>

#include "harness/util/free_with.h"

namespace mqtts::wire {

using SslContextPtr = std::unique_ptr<SSL_CTX, FreeWith<SSL_CTX_free>>;
using SslPtr = std::unique_ptr<SSL, FreeWith<SSL_free>>;

}  // namespace mqtts::wire
