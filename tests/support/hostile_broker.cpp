#include "tests/support/hostile_broker.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <stdexcept>
#include <utility>

#include <openssl/pem.h>

#include "harness/util/free_with.h"

namespace mqtts::test {
namespace {

// Binds 127.0.0.1 to a free port.
int bound_socket(std::uint16_t* port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (fd < 0 || bind(fd, generic, size) != 0 || getsockname(fd, generic, &size) != 0)
    throw std::runtime_error("no free port");
  *port = ntohs(address.sin_port);
  return fd;
}

// Waits for `events` of `fd`; returns false once `death` is readable.
bool wait_for(int fd, short events, int death) {
  std::array<pollfd, 2> watched = {pollfd{fd, events, 0}, {death, POLLIN, 0}};
  poll(watched.data(), watched.size(), -1);
  return watched[1].revents == 0;
}

class PlainPeer : public Peer {
 public:
  // `death` becomes readable when the broker ends, and stays so.
  PlainPeer(int fd, int death) : fd_(fd), death_(death) {}
  ~PlainPeer() override { close(fd_); }

  std::string read_some() override {
    if (!ready(POLLIN)) return {};
    std::array<char, 4096> buffer{};
    const auto got = recv(fd_, buffer.data(), buffer.size(), 0);
    return {buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(0, got))};
  }
  bool write(std::string_view bytes) override {
    while (!bytes.empty()) {
      if (!ready(POLLOUT)) return false;
      const auto put = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (put < 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(put));
    }
    return true;
  }
  void reset() override {
    const linger at_once{1, 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  }
  bool pause(std::chrono::milliseconds span) override {
    pollfd watched{death_, POLLIN, 0};
    return poll(&watched, 1, static_cast<int>(span.count())) == 0;
  }
  int fd() const override { return fd_; }
  // Returns false if the broker ends first.
  bool ready(short events) const { return wait_for(fd_, events, death_); }

 private:
  const int fd_;
  const int death_;
};

using ContextPtr = std::shared_ptr<SSL_CTX>;
using SslPtr = std::unique_ptr<SSL, FreeWith<SSL_free>>;

class TlsPeer : public Peer {
 public:
  TlsPeer(Peer& plain, SSL_CTX& context) : plain_(plain), ssl_(SSL_new(&context)) {
    timeval short_wait{0, 10'000};
    setsockopt(plain.fd(), SOL_SOCKET, SO_RCVTIMEO, &short_wait, sizeof(short_wait));
    SSL_set_fd(ssl_.get(), plain.fd());
  }
  bool accept() {
    return until_done([this] { return SSL_accept(ssl_.get()); }) > 0;
  }
  std::string read_some() override {
    std::array<char, 4096> buffer{};
    const int got = until_done([&] { return SSL_read(ssl_.get(), buffer.data(), static_cast<int>(buffer.size())); });
    return {buffer.data(), static_cast<std::size_t>(std::max(0, got))};
  }
  bool write(std::string_view bytes) override {
    return SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) > 0;
  }
  void reset() override { plain_.reset(); }
  bool pause(std::chrono::milliseconds span) override { return plain_.pause(span); }
  int fd() const override { return plain_.fd(); }
  SSL* ssl() const override { return ssl_.get(); }

 private:
  template <class Call>
  int until_done(const Call& call) {
    for (;;) {
      const int result = call();
      if (result > 0 || SSL_get_error(ssl_.get(), result) != SSL_ERROR_WANT_READ) return result;
      if (!plain_.pause(std::chrono::milliseconds(1))) return -1;
    }
  }

  Peer& plain_;
  SslPtr ssl_;
};

void listen_until_gone(Peer& peer) {
  while (!peer.read_some().empty()) {
  }
}

// MQTT 3.1.1 section 2.2.3.
std::string length(std::size_t value) {
  std::string bytes;
  do {
    bytes += static_cast<char>((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
    value >>= 7;
  } while (value > 0);
  return bytes;
}

// Callback for SSL_CTX_set_cert_verify_callback.
int verify_by(X509_STORE_CTX* context, void* admits) {
  const auto* certificate = X509_STORE_CTX_get0_cert(context);
  if (reinterpret_cast<bool (*)(const X509&)>(admits)(*certificate)) return 1;
  X509_STORE_CTX_set_error(context, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
  return 0;
}

ContextPtr server_context(const hostile::TlsServer& server) {
  ContextPtr context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  SSL_CTX_set_cipher_list(context.get(), server.ciphers);
  SSL_CTX_set_options(context.get(), server.options);
  SSL_CTX_set_min_proto_version(context.get(), server.lowest);
  SSL_CTX_set_max_proto_version(context.get(), server.highest);
  SSL_CTX_set_num_tickets(context.get(), static_cast<std::size_t>(server.tickets));
  if (SSL_CTX_use_certificate_chain_file(context.get(), server.identity.certificate.file.c_str()) != 1 ||
      SSL_CTX_use_PrivateKey_file(context.get(), server.identity.key.file.c_str(), SSL_FILETYPE_PEM) != 1)
    throw std::runtime_error("no certificate for the hostile broker");
  if (server.admits != nullptr) {
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    SSL_CTX_set_cert_verify_callback(context.get(), verify_by, reinterpret_cast<void*>(server.admits));
  }
  return context;
}

}  // namespace

HostileBroker::HostileBroker(Script script)
    : script_(std::move(script)), listener_(bound_socket(&port_)), death_(eventfd(0, EFD_CLOEXEC)) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to closed connections
  if (listen(listener_, SOMAXCONN) != 0) throw std::runtime_error("cannot listen");
  acceptor_ = std::thread([this] { serve(); });
}

HostileBroker::HostileBroker(Script script, int listener)
    : script_(std::move(script)), listener_(dup(listener)), death_(eventfd(0, EFD_CLOEXEC)) {
  std::signal(SIGPIPE, SIG_IGN);
  if (listen(listener_, SOMAXCONN) != 0) throw std::runtime_error("cannot listen");
  acceptor_ = std::thread([this] { serve(); });
}

HostileBroker::~HostileBroker() {
  eventfd_write(death_, 1);
  acceptor_.join();
  std::unique_lock lock(mutex_);
  all_ended_.wait(lock, [this] { return serving_ == 0; });
  close(listener_);
  close(death_);
}

void HostileBroker::serve() {
  while (wait_for(listener_, POLLIN, death_)) {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) continue;
    ++connections_;
    const std::lock_guard lock(mutex_);
    ++serving_;
    // Detached, since a finished thread keeps its stack until it is joined.
    std::thread([this, fd] {
      {
        PlainPeer peer(fd, death_);
        script_(peer);
      }
      const std::lock_guard ended(mutex_);
      --serving_;
      all_ended_.notify_all();
    }).detach();
  }
}

std::uint16_t closed_port() {
  std::uint16_t port = 0;
  close(bound_socket(&port));
  return port;
}

namespace hostile {

Script says_nothing() { return listen_until_gone; }

Script closes_at_once() {
  return [](Peer&) {};
}

Script resets_at_once() {
  return [](Peer& peer) { peer.reset(); };
}

Script resets_after_reading() {
  return [](Peer& peer) {
    peer.read_some();
    peer.reset();
  };
}

Script answers(std::string bytes) {
  return [bytes = std::move(bytes)](Peer& peer) {
    peer.read_some();
    peer.write(bytes);
    listen_until_gone(peer);
  };
}

Script answers_and_closes(std::string bytes) {
  return [bytes = std::move(bytes)](Peer& peer) {
    peer.read_some();
    peer.write(bytes);
  };
}

Script drips(std::string bytes, std::chrono::milliseconds pause) {
  return [bytes = std::move(bytes), pause](Peer& peer) {
    peer.read_some();
    for (const char byte : bytes)
      if (!peer.write({&byte, 1}) || !peer.pause(pause)) return;
    listen_until_gone(peer);
  };
}

Script answers_endlessly(std::string beginning, std::string again) {
  return [beginning = std::move(beginning), again = std::move(again)](Peer& peer) {
    peer.read_some();
    for (bool reads = peer.write(beginning); reads;) reads = peer.write(again);
  };
}

Script never_reads() {
  return [](Peer& peer) { peer.pause(std::chrono::hours(1)); };
}

Script updates_keys_endlessly() {
  return [](Peer& peer) {
    while (SSL_key_update(peer.ssl(), SSL_KEY_UPDATE_NOT_REQUESTED) == 1 && SSL_do_handshake(peer.ssl()) == 1) continue;
  };
}

Script renegotiates_endlessly() {
  return [](Peer& peer) {
    peer.read_some();
    do {
      SSL_renegotiate(peer.ssl());
      SSL_do_handshake(peer.ssl());
    } while (!peer.read_some().empty() || peer.pause(std::chrono::milliseconds(1)));
  };
}

std::string connack(int code) { return {'\x20', 2, 0, static_cast<char>(code)}; }
std::string connack_5(int code, const std::string& reason) {
  const auto byte = [](std::size_t value) { return std::string(1, static_cast<char>(value)); };
  const std::string property = "\x1f" + byte(reason.size() >> 8) + byte(reason.size() & 0xff) + reason;
  const std::string body = byte(0) + byte(static_cast<std::size_t>(code)) + length(property.size()) + property;
  return "\x20" + length(body.size()) + body;
}

std::string suback() { return {'\x90', 3, 0, 1, 0}; }
std::string http_error() { return "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"; }
std::string tls_alert(int number) { return {21, 3, 3, 0, 2, 2, static_cast<char>(number)}; }
std::string half_a_server_hello() { return {22, 3, 3, 0, 122, 2, 0, 0, 118, 3, 3, 'r', 'a', 'n', 'd'}; }

Script behind_tls(const TlsServer& server, Script script) {
  return [context = server_context(server), script = std::move(script)](Peer& plain) {
    TlsPeer peer(plain, *context);
    if (peer.accept()) script(peer);
  };
}

}  // namespace hostile

}  // namespace mqtts::test
