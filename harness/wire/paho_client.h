// A real client, Eclipse Paho's MQTTAsync: shows whether an attempt succeeds. Its result alone decides nothing, since
// Paho returns -1 for everything below CONNACK.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "harness/model/interfaces.h"
#include "harness/util/deadline.h"
#include "harness/util/error.h"
#include "harness/wire/tls.h"

namespace mqtts::wire {

enum class PahoOutcome {
  done,
  refused,    // by CONNACK, SUBACK, PUBACK or DISCONNECT; `code` is the MQTT code
  failed,     // below MQTT: dead broker, TLS, lost connection; `detail` is Paho's own text
  timed_out,  // the deadline passed, or a stop was requested
};

struct PahoAnswer {
  PahoOutcome outcome{};
  int code = 0;
  std::string detail;
};

struct Publication {
  std::string topic;
  std::string payload;
  int qos = 0;
  bool retain = false;
};

enum class Retained {
  skip,
  take,
  only
};

// One connection of one client, with an id of its own. One thread at a time. The destructor disconnects; no callback
// comes after it, since Paho makes every callback under the lock that MQTTAsync_destroy takes.
class PahoClient {
 public:
  // ErrorKind::local if Paho rejects the settings of `client`.
  static Result<std::unique_ptr<PahoClient>> make(const Client& client, TlsOffer offer = TlsOffer::system_default);
  ~PahoClient();

  // ErrorKind::local for options that Paho rejects before it connects.
  Result<PahoAnswer> connect(const Deadline& deadline);
  PahoAnswer subscribe(const std::string& filter, const Deadline& deadline, int qos = 0);
  // QoS 0: done once it is sent; 1 and 2: once the broker has acknowledged it.
  PahoAnswer publish(const Publication& publication, const Deadline& deadline);
  // Returns the payload of the oldest message not yet returned that is wanted; those before it are dropped; none once
  // `deadline` has passed or the connection is lost. Of a flood only the first 1,000 are kept, and of each no more than
  // 4,096 bytes.
  std::optional<std::string> next_message(const Deadline& deadline, Retained retained = Retained::skip);
  bool lost() const;
  // How the connection ended; none while it lasts.
  std::optional<PahoAnswer> end() const;
  // True if messages were dropped, because too many came.
  bool has_dropped() const;

 private:
  struct State;
  PahoClient(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Returns true if Paho checks the server's name as we do. It only can if the name is an IPv4 address: it gets numeric
// addresses (a name's slow DNS freezes every client of the process), and it puts IPv6 in brackets.
bool paho_checks_name(const Client& client);

}  // namespace mqtts::wire
