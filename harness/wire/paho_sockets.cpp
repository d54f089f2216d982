#include "harness/wire/paho_sockets.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cstdlib>
#include <map>
#include <mutex>
#include <utility>

#include <openssl/crypto.h>
#include <openssl/ssl.h>

#include "harness/wire/paho_traffic.h"
#include "harness/wire/tls.h"

namespace mqtts::wire {
namespace {

std::mutex mutex;
std::map<const SSL*, int> sockets;  // an SSL is freed before its socket is closed, so no number here is stale
std::map<std::pair<std::string, std::uint16_t>, std::string> server_names;  // by numeric address and port

// Returns the peer of a connected socket; port 0 if it has none.
std::pair<std::string, std::uint16_t> peer_of(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  char host[NI_MAXHOST] = {};
  char port[NI_MAXSERV] = {};
  auto* name = reinterpret_cast<sockaddr*>(&address);
  if (getpeername(fd, name, &size) != 0 ||
      getnameinfo(name, size, host, sizeof host, port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV) != 0)
    return {};
  return {host, static_cast<std::uint16_t>(std::strtoul(port, nullptr, 10))};
}

// Runs before the ClientHello is made, and after Paho has set its own server name, which is a number.
void name_server(SSL* ssl, int fd) {
  const auto name = server_names.find(peer_of(fd));
  if (name != server_names.end())
    SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name->second.data());
}

// Paho has no option for the cipher suites of TLS 1.3: if it offers all ciphers (see tls.h), offers all suites, too.
void offer_all_suites(SSL* ssl) {
  if (SSL_get_security_level(ssl) == 0) SSL_set_ciphersuites(ssl, all_tls_1_3_ciphers);
}

void acknowledge(int fd) {
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof(on));
}

// Called at every step of a handshake, and for each session ticket. Our own TLS runs over memory, without a socket.
void on_step(const SSL* ssl, int where, int) {
  const int fd = SSL_get_fd(ssl);
  if (fd < 0) return;
  acknowledge(fd);
  const std::lock_guard lock(mutex);
  sockets[ssl] = fd;
  if ((where & SSL_CB_HANDSHAKE_START) == 0) return;
  name_server(const_cast<SSL*>(ssl), fd);
  record_tls_of(*const_cast<SSL*>(ssl), fd);
  offer_all_suites(const_cast<SSL*>(ssl));
}

// OpenSSL 3.5 calls it before the SSL has its settings: query nothing of it here (measured: a crash).
void on_new(void* made, void*, CRYPTO_EX_DATA*, int, long, void*) {
  auto* ssl = static_cast<SSL*>(made);
  SSL_set_info_callback(ssl, on_step);
}

void on_free(void* ssl, void*, CRYPTO_EX_DATA*, int, long, void*) {
  const std::lock_guard lock(mutex);
  sockets.erase(static_cast<const SSL*>(ssl));
}

}  // namespace

void watch_paho_sockets() { CRYPTO_get_ex_new_index(CRYPTO_EX_INDEX_SSL, 0, nullptr, on_new, nullptr, on_free); }

void say_server_name(const std::string& address, std::uint16_t port, const std::string& name) {
  const std::lock_guard lock(mutex);
  server_names[{address, port}] = name;
}

void acknowledge_now() {
  const std::lock_guard lock(mutex);
  for (const auto& [ssl, fd] : sockets) acknowledge(fd);
}

}  // namespace mqtts::wire
