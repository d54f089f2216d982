#include "harness/wire/paho_sockets.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <map>
#include <mutex>

#include <openssl/crypto.h>
#include <openssl/ssl.h>

#include "harness/wire/tls.h"

namespace mqtts::wire {
namespace {

std::mutex mutex;
std::map<const SSL*, int> sockets;  // an SSL is freed before its socket is closed, so no number here is stale

void acknowledge(int fd) {
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof(on));
}

// Called at every step of a handshake, and for each session ticket. Ours run over memory and have no socket.
void on_step(const SSL* ssl, int, int) {
  const int fd = SSL_get_fd(ssl);
  if (fd < 0) return;
  acknowledge(fd);
  const std::lock_guard lock(mutex);
  sockets[ssl] = fd;
}

void on_new(void* made, void*, CRYPTO_EX_DATA*, int, long, void*) {
  auto* ssl = static_cast<SSL*>(made);
  SSL_set_info_callback(ssl, on_step);
  // Paho has no option for the cipher suites of TLS 1.3: where it offers all ciphers (see tls.h), it offers these, too.
  if (SSL_get_security_level(ssl) == 0) SSL_set_ciphersuites(ssl, all_tls_1_3_ciphers);
}

void on_free(void* ssl, void*, CRYPTO_EX_DATA*, int, long, void*) {
  const std::lock_guard lock(mutex);
  sockets.erase(static_cast<const SSL*>(ssl));
}

}  // namespace

void watch_paho_sockets() { CRYPTO_get_ex_new_index(CRYPTO_EX_INDEX_SSL, 0, nullptr, on_new, nullptr, on_free); }

void acknowledge_now() {
  const std::lock_guard lock(mutex);
  for (const auto& [ssl, fd] : sockets) acknowledge(fd);
}

}  // namespace mqtts::wire
