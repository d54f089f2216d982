// Brokers that do anything but their duty, on threads of this process and free ports of 127.0.0.1.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include <openssl/ssl.h>

#include "harness/model/materials.h"

namespace mqtts::test {

// One accepted connection, as a script sees it. It is closed (FIN) when the script returns.
class Peer {
 public:
  virtual ~Peer() = default;
  virtual std::string read_some() = 0;                // empty once the client has left or the broker dies
  virtual bool write(std::string_view bytes) = 0;     // false likewise
  virtual void reset() = 0;                           // RST, without a word
  virtual bool pause(std::chrono::milliseconds) = 0;  // false if the broker dies meanwhile
  virtual int fd() const = 0;
  virtual SSL* ssl() const { return nullptr; }  // behind_tls alone has one
};

using Script = std::function<void(Peer&)>;

// Listens from construction; each connection runs the script on a thread of its own. The destructor ends them all.
class HostileBroker {
 public:
  explicit HostileBroker(Script script);
  HostileBroker(Script script, int listener);  // a socket that is bound already; it stays the caller's
  ~HostileBroker();
  HostileBroker(const HostileBroker&) = delete;
  HostileBroker& operator=(const HostileBroker&) = delete;

  std::uint16_t port() const { return port_; }  // of its own; 0 if the socket was given
  int connections() const { return connections_; }

 private:
  void serve();

  Script script_;
  std::uint16_t port_ = 0;
  int listener_;
  int death_;  // readable once the broker dies
  std::atomic<int> connections_ = 0;
  std::mutex mutex_;
  std::condition_variable all_ended_;
  int serving_ = 0;  // connections whose scripts run
  std::thread acceptor_;
};

// A port where nothing listens.
std::uint16_t closed_port();

namespace hostile {

Script says_nothing();
Script closes_at_once();
Script resets_at_once();
Script answers(std::string bytes);                                 // to the first bytes; then it is silent
Script answers_and_closes(std::string bytes);                      // to the first bytes
Script drips(std::string bytes, std::chrono::milliseconds pause);  // one byte at a time
Script answers_endlessly(std::string beginning,                    // then `again`, until the client leaves
                         std::string again = std::string(1024, '\0'));
Script never_reads();
Script updates_keys_endlessly();  // behind_tls, TLS 1.3: KeyUpdate after KeyUpdate
Script renegotiates_endlessly();  // behind_tls, TLS 1.2: asks for a new handshake after the first bytes, and again
Script resets_after_reading();

std::string connack(int code);                               // MQTT 3.1.1's four bytes
std::string connack_5(int code, const std::string& reason);  // of MQTT 5, with a reason string
std::string suback();
std::string http_error();
std::string tls_alert(int number);  // a fatal one, in a plain record
std::string half_a_server_hello();

struct TlsServer {
  Identity identity;
  int lowest = TLS1_VERSION;
  int highest = TLS1_3_VERSION;
  int tickets = 2;  // TLS 1.3
  // Demands a client's certificate and decides alone which are good: those that are not are of an unknown CA. None:
  // does not ask for one.
  bool (*admits)(const X509& certificate) = nullptr;
};

// The script behind a TLS handshake. When it returns, the connection ends without close_notify.
Script behind_tls(const TlsServer& server, Script script);

}  // namespace hostile

}  // namespace mqtts::test
