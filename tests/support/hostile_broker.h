// Misbehaving brokers, on threads of this process and free ports of 127.0.0.1.
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

// One accepted connection, as a script uses it. It is closed (FIN) when the script returns.
class Peer {
 public:
  virtual ~Peer() = default;
  virtual std::string read_some() = 0;                // empty once the client has left or the broker ends
  virtual bool write(std::string_view bytes) = 0;     // false in the same cases
  virtual void reset() = 0;                           // RST without data
  virtual bool pause(std::chrono::milliseconds) = 0;  // false if the broker ends first
  virtual int fd() const = 0;
  virtual SSL* ssl() const { return nullptr; }  // only behind_tls has one
};

using Script = std::function<void(Peer&)>;

// The constructor listens; each connection runs the script on its own thread. The destructor ends all of them.
class HostileBroker {
 public:
  explicit HostileBroker(Script script);
  HostileBroker(Script script, int listener);  // an already bound socket; the caller keeps it
  ~HostileBroker();
  HostileBroker(const HostileBroker&) = delete;
  HostileBroker& operator=(const HostileBroker&) = delete;

  std::uint16_t port() const { return port_; }  // its own port; 0 if the socket was given
  int connections() const { return connections_; }

 private:
  void serve();

  Script script_;
  std::uint16_t port_ = 0;
  int listener_;
  int death_;  // readable once the broker ends
  std::atomic<int> connections_ = 0;
  std::mutex mutex_;
  std::condition_variable all_ended_;
  int serving_ = 0;  // number of running scripts
  std::thread acceptor_;
};

// A port where nothing listens.
std::uint16_t closed_port();

namespace hostile {

Script says_nothing();
Script closes_at_once();
Script resets_at_once();
Script answers(std::string bytes);                                 // after the first bytes; then silence
Script answers_and_closes(std::string bytes);                      // after the first bytes
Script drips(std::string bytes, std::chrono::milliseconds pause);  // one byte at a time
Script answers_endlessly(std::string beginning,                    // then `again`, until the client leaves
                         std::string again = std::string(1024, '\0'));
Script never_reads();
Script updates_keys_endlessly();  // behind_tls, TLS 1.3: KeyUpdate messages without end
Script renegotiates_endlessly();  // behind_tls, TLS 1.2: requests a new handshake after the first bytes, repeatedly
Script resets_after_reading();

std::string connack(int code);                               // MQTT 3.1.1: four bytes
std::string connack_5(int code, const std::string& reason);  // MQTT 5, with a reason string
std::string suback();
std::string http_error();
std::string tls_alert(int number);  // fatal, in a plaintext record
std::string half_a_server_hello();

struct TlsServer {
  Identity identity;
  int lowest = TLS1_VERSION;
  int highest = TLS1_3_VERSION;
  int tickets = 2;  // TLS 1.3
  // Requires a client certificate and accepts it by this function alone: others get the alert unknown_ca. None: does
  // not request one.
  bool (*admits)(const X509& certificate) = nullptr;
  const char* ciphers = "ALL:@SECLEVEL=0";  // of TLS 1.2 and below, as OpenSSL's ciphers(1)
  std::uint64_t options = 0;                // SSL_OP_*, added
};

// Runs the script behind a TLS handshake. The connection then ends without close_notify.
Script behind_tls(const TlsServer& server, Script script);

}  // namespace hostile

}  // namespace mqtts::test
