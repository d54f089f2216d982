// A TLS client that records which side refused. Each connection states its offer (see TlsOffer); certificates.h has the
// check of the name.
//
// TLS runs over memory buffers; the socket is ours. So nothing raises SIGPIPE, a FIN is never mistaken for an error of
// TLS, and an alert that has arrived is read even after a failed write.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "harness/model/interfaces.h"
#include "harness/model/observation.h"
#include "harness/util/deadline.h"
#include "harness/util/error.h"
#include "harness/wire/ssl_handles.h"
#include "harness/wire/stream.h"
#include "harness/wire/tcp.h"

namespace mqtts::wire {

struct TlsVersions {
  int lowest = TLS1_VERSION;
  int highest = TLS1_3_VERSION;
};

// Contents of our ClientHello.
enum class TlsOffer {
  // As mosquitto_pub: TLS 1.2 and up, the system's ciphers at its security level, and the server's name even if it is
  // an address (measured: Mosquitto 2.0.11). A broker cannot distinguish our client from the lab's by it.
  system_default,
  // TLS 1.0 and up, every cipher with a certificate, no security level: our own defaults cause no refusal.
  everything,
};

// Every cipher but the anonymous ones: with those a server would need no certificate.
constexpr const char* all_ciphers = "ALL:!aNULL:@SECLEVEL=0";

// Every cipher suite of TLS 1.3 (RFC 8446 section B.4); OpenSSL offers the CCM ones only on request.
constexpr const char* all_tls_1_3_ciphers =
    "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:TLS_AES_128_CCM_SHA256:"
    "TLS_AES_128_CCM_8_SHA256";

// Makes a context with the client's identity and trust, checked. ErrorKind::local if the trust, certificate or key of
// `client` cannot be read, the key does not match the certificate, or, with TlsOffer::system_default, they are weaker
// than the system's security level allows: no connection may be made with them.
Result<SslContextPtr> make_tls_context(const Client& client, TlsOffer offer, const TlsVersions& versions = {});

// The same, made once for all clients with the same identity, trust and offer: parsing their PEM texts costs as much as
// a handshake (1.4 ms, OpenSSL 3.0). Keeps the latest 128. A context holds no state of a connection: no session is ever
// resumed. Safe from any thread.
Result<SslContextPtr> shared_tls_context(const Client& client, TlsOffer offer, const TlsVersions& versions = {});

// One connection. Call handshake, await_verdict unless an alert does not matter, then write and read.
class TlsStream : public Stream {
 public:
  // Borrows `client` and `context`, which a function above made for the same offer.
  TlsStream(SSL_CTX& context, const Client& client, TlsOffer offer, Socket socket);
  ~TlsStream() override;

  Step handshake(const Deadline& deadline);

  // Under TLS 1.3 a server judges our certificate after our own handshake has succeeded, and its alert may be lost once
  // we have written. Reads until a session ticket proves that the server has finished too (done), it refuses or ends,
  // or a grace period passes in silence (done: the answer to what we write will show it). The grace is as long as the
  // handshake took, at least 60 ms. TLS 1.2 and below: done at once.
  Step await_verdict(const Deadline& deadline);

  // Asks for a second handshake on the same connection, as a client of TLS 1.2 and below may (RFC 5246 section
  // 7.4.1.2). Done once the server has answered with a second ServerHello. alert_received if it refused, also by the
  // warning no_renegotiation (RFC 5246 section 7.2.2).
  Step renegotiate(const Deadline& deadline);

  Step read(std::span<unsigned char> buffer, const Deadline& deadline) override;
  void write(std::span<const unsigned char> bytes, const Deadline& deadline) override;
  void finish(const Deadline& deadline) override;  // sends close_notify

  TlsFacts facts() const;

 private:
  friend Result<SslContextPtr> make_tls_context(const Client& client, TlsOffer offer, const TlsVersions& versions);
  struct State;
  static int on_verify(X509_STORE_CTX* store, void*);
  static void on_key(const SSL* ssl, const char* line);
  std::unique_ptr<State> state_;
};

}  // namespace mqtts::wire
