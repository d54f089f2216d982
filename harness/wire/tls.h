// A TLS client that remembers who said no. What it offers is said each time (see Offer); it verifies by the rules of
// verify.h.
//
// TLS runs over memory buffers; the socket is ours. So nothing raises SIGPIPE, a FIN is never mistaken for
// an error of TLS, and an alert that has arrived is read even when a write has failed.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "harness/model/interfaces.h"
#include "harness/model/observation.h"
#include "harness/util/deadline.h"
#include "harness/util/error.h"
#include "harness/util/fd.h"
#include "harness/wire/ssl_handles.h"
#include "harness/wire/stream.h"

namespace mqtts::wire {

struct TlsVersions {
  int lowest = TLS1_VERSION;
  int highest = TLS1_3_VERSION;
};

// What our ClientHello offers.
enum class TlsOffer {
  // What mosquitto_pub's does: TLS 1.2 and up, the system's ciphers at its security level, and the server's name even
  // where it is an address (measured: Mosquitto 2.0.11). A broker cannot tell by it a client of ours from the lab's.
  system_default,
  // TLS 1.0 and up, every cipher that has a certificate, no security level: no refusal is our own defaults'.
  everything,
};

// Every cipher but the anonymous ones: with them a server would need no certificate to be let in.
constexpr const char* all_ciphers = "ALL:!aNULL:@SECLEVEL=0";

// Every cipher suite of TLS 1.3 (RFC 8446 section B.4); OpenSSL offers the CCM ones only when it is told to.
constexpr const char* all_tls_1_3_ciphers =
    "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:TLS_AES_128_CCM_SHA256:"
    "TLS_AES_128_CCM_8_SHA256";

// What we present and whom we trust, checked. ErrorKind::local if the trust, certificate or key of `client` cannot
// be read, the key is another certificate's, or, as usual, they are weaker than the system's security level takes: no
// connection may be made with them.
Result<SslContextPtr> make_tls_context(const Client& client, TlsOffer offer, const TlsVersions& versions = {});

// The same, made once for all clients that present the same, trust the same and offer the same: reading their
// PEM texts costs as much as a handshake (1.4 ms, OpenSSL 3.0). The latest 128 are kept. Nothing of a connection stays
// in a context: no session is ever resumed. Safe from any thread.
Result<SslContextPtr> shared_tls_context(const Client& client, TlsOffer offer, const TlsVersions& versions = {});

// One connection. Order of calls: handshake, await_verdict unless an alert does not matter, then write and read.
class TlsStream : public Stream {
 public:
  // Borrows `client` and `context`, which is one of those above, made for the same offer.
  TlsStream(SSL_CTX& context, const Client& client, TlsOffer offer, Fd socket);
  ~TlsStream() override;

  Step handshake(const Deadline& deadline);

  // Under TLS 1.3 a server judges our certificate after our own handshake has succeeded, and its alert may be
  // lost once we have written. Reads until a session ticket proves that the server has finished too (done),
  // it refuses or ends, or a grace has passed in silence (done: the answer to what we write will tell). The
  // grace is as long as the handshake took, 60 ms at least. TLS 1.2 and below: done at once.
  Step await_verdict(const Deadline& deadline);

  Step read(std::span<unsigned char> buffer, const Deadline& deadline) override;
  void write(std::span<const unsigned char> bytes, const Deadline& deadline) override;
  void finish(const Deadline& deadline) override;  // sends close_notify

  TlsFacts facts() const;

 private:
  friend Result<SslContextPtr> make_tls_context(const Client& client, TlsOffer offer, const TlsVersions& versions);
  struct State;
  static int on_verify(X509_STORE_CTX* store, void*);
  std::unique_ptr<State> state_;
};

}  // namespace mqtts::wire
