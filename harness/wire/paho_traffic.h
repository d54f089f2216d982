// Records what Paho's sockets send and receive.
//
// Paho makes its own sockets and has no hook for them. A relay between Paho and the broker would change what Paho sees:
// it connects where nobody listens, and answers a reset late. So this program has its own versions of the functions by
// which Paho uses a socket (the linker prefers a program's to a library's, see paho_materials.h): each calls the
// system's, with the same arguments, and returns what that returned, errno included. For all sockets but those that are
// recorded they do nothing else; while none is, they look at one number. Bytes of TLS pass through OpenSSL, and are
// seen by a callback of its socket BIO. If a linker does not prefer them, nothing is recorded.
#pragma once

#include <memory>

#include <openssl/ssl.h>

#include "harness/model/interfaces.h"

namespace mqtts::wire {

// While it exists, the next connection that Paho makes to the client's address is recorded in the client's traffic.
class AwaitedByRecord {
 public:
  // Does nothing if the client's traffic is not recorded. Waits at most until `deadline` for another one of the same
  // address to be seen: which of two is which could not be told.
  AwaitedByRecord(const Client& client, const Deadline& deadline);
  ~AwaitedByRecord();
  AwaitedByRecord(const AwaitedByRecord&) = delete;
  AwaitedByRecord& operator=(const AwaitedByRecord&) = delete;

 private:
  struct Waiting;
  friend class PahoTraffic;
  std::shared_ptr<Waiting> waiting_;
};

// Records what passes over the SSL's socket, and its keys, if that socket is recorded. Call before the handshake.
void record_tls_of(SSL& ssl, int fd);

}  // namespace mqtts::wire
