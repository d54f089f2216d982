#include "tests/support/hostile_broker.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <stdexcept>
#include <utility>

#include <openssl/pem.h>

#include "harness/model/free_with.h"

namespace mqtts::test {
namespace {

constexpr auto slice = std::chrono::milliseconds(10);

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

class PlainPeer : public Peer {
 public:
  PlainPeer(int fd, const std::atomic<bool>& dying) : fd_(fd), dying_(dying) {}
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
    for (auto left = span; left.count() > 0 && !dying_; left -= slice)
      poll(nullptr, 0, static_cast<int>(slice.count()));
    return !dying_;
  }
  int fd() const override { return fd_; }
  bool ready(short events) const {
    while (!dying_) {
      pollfd watched{fd_, events, 0};
      if (poll(&watched, 1, static_cast<int>(slice.count())) > 0) return true;
    }
    return false;
  }

 private:
  const int fd_;
  const std::atomic<bool>& dying_;
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

ContextPtr server_context(const hostile::TlsServer& server) {
  ContextPtr context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  SSL_CTX_set_cipher_list(context.get(), "ALL:@SECLEVEL=0");
  SSL_CTX_set_min_proto_version(context.get(), server.lowest);
  SSL_CTX_set_max_proto_version(context.get(), server.highest);
  SSL_CTX_set_num_tickets(context.get(), static_cast<std::size_t>(server.tickets));
  if (SSL_CTX_use_certificate_chain_file(context.get(), server.identity.certificate.file.c_str()) != 1 ||
      SSL_CTX_use_PrivateKey_file(context.get(), server.identity.key.file.c_str(), SSL_FILETYPE_PEM) != 1)
    throw std::runtime_error("no certificate for the hostile broker");
  return context;
}

}  // namespace

HostileBroker::HostileBroker(Script script) : script_(std::move(script)), listener_(bound_socket(&port_)) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to peers that have left
  if (listen(listener_, SOMAXCONN) != 0) throw std::runtime_error("cannot listen");
  acceptor_ = std::thread([this] { serve(); });
}

HostileBroker::~HostileBroker() {
  dying_ = true;
  acceptor_.join();
  for (auto& each : threads_) each.join();
  close(listener_);
}

void HostileBroker::serve() {
  while (!dying_) {
    pollfd watched{listener_, POLLIN, 0};
    if (poll(&watched, 1, static_cast<int>(slice.count())) <= 0) continue;
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) continue;
    ++connections_;
    threads_.emplace_back([this, fd] {
      PlainPeer peer(fd, dying_);
      script_(peer);
    });
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

Script answers_endlessly(std::string beginning) {
  return [beginning = std::move(beginning)](Peer& peer) {
    peer.read_some();
    const std::string zeros(1024, '\0');
    for (bool reads = peer.write(beginning); reads;) reads = peer.write(zeros);
  };
}

std::string connack(int code) { return {'\x20', 2, 0, static_cast<char>(code)}; }
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
