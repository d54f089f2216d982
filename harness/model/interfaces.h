// The edge of the world: what the engine needs done by somebody else. Each has a fake beside its tests.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/model/facts.h"
#include "harness/model/materials.h"
#include "harness/model/observation.h"
#include "harness/model/plan.h"
#include "harness/model/report.h"
#include "harness/model/traffic.h"
#include "harness/util/deadline.h"
#include "harness/util/error.h"

namespace mqtts {

// ---- clients ----------------------------------------------------------------------------------

// What the broker publishes for a client whose connection ends without DISCONNECT (MQTT 3.1.1, 3.1.2.5).
struct Will {
  std::string topic;
  std::string payload;
  int qos = 0;
  bool retain = false;
};

// A client with all its material in hand: what a ClientSpec becomes when a target is known.
struct Client {
  std::string address;  // numeric IPv4 or IPv6
  std::uint16_t port = 0;
  std::string name;  // what the server certificate must be for: host name or address, as the target gives it
  bool tls = false;
  bool websocket = false;                // MQTT over WebSocket (MQTT 5.0 section 6), within TLS if there is TLS
  std::string websocket_path = "/mqtt";  // begins with "/"
  std::optional<std::string> origin{};   // WebSocket: the site of whose page the client is; our own probe only
  std::optional<Pem> trust;              // none: the server is not verified
  bool any_server_name = false;          // verified, but for any name
  std::optional<Identity> identity;
  std::optional<std::string> user_name;
  std::optional<std::string> password;
  std::string password_of{};        // whose right password it is; empty: nobody's that we know
  bool has_wrong_password = false;  // one that is made up
  MqttVersion mqtt = MqttVersion::v3_1_1;
  std::string seed;            // what its ids and payloads are drawn from (see seed.h); empty: the system's generator
  std::string program_seed{};  // what program it looks like is drawn from this; empty: Mosquitto's own client
  std::optional<std::string> client_id{};  // none: one is drawn, or none is said
  bool requires_client_id =
      false;  // a client id of letters and digits, since the broker gives out none and takes no other
  // The server's certificate must be strong enough for the system's security level, as mosquitto_pub demands it.
  bool strict = false;
  bool at_most_tls_1_2 = false;  // our own probe only
  // CONNECT follows the handshake at once, as most client programs do it; an alert that comes only then may be lost.
  bool connect_without_waiting = false;
  std::optional<Will> will{};  // our own probe only: once it is let in, it leaves without DISCONNECT
  std::shared_ptr<TrafficRecord> traffic{};  // of all its connections; null: they are not recorded
};

// Which client programs make an attempt.
enum class Programs {
  both,        // our own probe, then Paho, which must agree
  probe_only,  // our own probe: it sees who refused and why
  paho_only,   // Paho: whether a real client is let in, and no more
};

class BrokerHost;

struct Attempt {
  Client client;
  std::string kind = "connect";                        // of probe
  std::map<std::string, Client> others = {};           // by role; one that is not there: the client itself
  std::map<std::string, std::string> parameters = {};  // of the probe
  Programs programs = Programs::both;                  // for "connect"; other kinds take both
  Clock::duration timeout = std::chrono::seconds(5);   // of each connection, and of the message
  // It should be refused: that one of two witnesses was let in is enough to say so, and no matter for a second try.
  bool expects_rejection = false;
  BrokerHost* host = nullptr;  // the broker's host, for kinds that look there; null: it cannot be reached
  // For kinds that wait (ProbeKind::waits): other attempts are made beside this one from this call on, which comes
  // once, when all its connections are open. An attempt that others might disturb, or which might disturb them, as
  // where the broker limits connections, ends without the call and without its facts. Empty: it is made alone.
  std::function<void()> begins_to_wait = {};
};

class Prober {
 public:
  virtual ~Prober() = default;
  // Makes one attempt and tells what was seen. An Error means that nothing can be said of the broker:
  // our own material is bad (local), witnesses contradict each other (disagreement), we were stopped
  // (interrupted). Ends by `deadline`. Safe from any thread.
  virtual Result<Observation> observe(const Attempt& attempt, const Deadline& deadline) = 0;
};

// ---- the broker's host ------------------------------------------------------------------------

struct HostFile {
  std::string path;
  std::string content;  // bytes
  int mode = 0644;
  std::string owner;  // empty: the login user
};

struct StageSetup {
  std::string stage;  // its id, for messages
  std::vector<HostFile> files;
  std::string configuration;             // the whole text of the broker's configuration file
  std::vector<std::uint16_t> listening;  // ports that the running broker must have opened
};

struct Applied {
  double transfer_seconds = 0;  // files put, and the way there and back
  double restart_seconds = 0;   // stop, start, and proof that the new process listens
  long process_id = 0;
};

// What a broker's host tells of the broker's protection.
struct HostLook {
  Facts facts;  // "host.keys_exposed": see probes/host_probe.h
  std::vector<Evidence> evidence;
};

class BrokerHost {
 public:
  virtual ~BrokerHost() = default;
  // Takes the host for this run: keeps, over there, what stands at these paths and at the broker's configuration, and
  // what its service does, for restore(). Comes before the first apply(). ErrorKind::denied if another run holds the
  // host, or has left it changed.
  virtual Result<void> acquire(const std::vector<std::string>& paths, const Deadline& deadline) = 0;
  // Puts the files, which take() has been told of, restarts the broker, and returns once the new process is proven to
  // have loaded this configuration and to listen. ErrorKind::broker_down, with the broker's own words in `detail`, if
  // it does not come up.
  virtual Result<Applied> apply(const StageSetup& setup, const Deadline& deadline) = 0;
  // The broker's log since the last call (or since apply), at most 64 KiB, redacted of nothing.
  virtual Result<std::string> new_log_lines(const Deadline& deadline) = 0;
  // False only if no process has the broker's name, whatever file it was started with, and nobody listens on its ports.
  virtual Result<bool> broker_runs(const Deadline& deadline) = 0;
  // Of a broker that does not run: the first error that its last start has told of, one line of hostile text; may be
  // empty.
  virtual Result<std::string> last_error(const Deadline& deadline) = 0;
  // What a person types there to start it; may be empty.
  virtual std::string restart_command() const { return {}; }
  // True if that TCP port is open on the host, or in the network of a broker's container, whoever it is that listens,
  // and on whatever address, IPv4 or IPv6.
  virtual Result<bool> listens(std::uint16_t port, const Deadline& deadline) = 0;
  // True only if the host's own firewall surely drops or rejects who connects from another machine to that port of
  // that numeric address; false where that is not known.
  virtual Result<bool> drops(const std::string& /*address*/, std::uint16_t /*port*/, const Deadline&) { return false; }
  // Looks at files, program, ports, firewall and log, and changes nothing. What was seen a moment ago need not be
  // looked at again.
  virtual Result<HostLook> look(const Deadline&) {
    return failure(ErrorKind::missing_material, msg("this needs the broker's host: give \"ssh\" in the target"));
  }
  // Notes over there that the last stage is left in place on purpose, for whoever finds it: instead of restore().
  virtual Result<void> keep(const Deadline&) { return {}; }
  // Puts everything back as take() found it, proves it, and gives the host free. Harmless twice.
  virtual Result<void> restore(const Deadline& deadline) = 0;
};

// ---- the people who watch -----------------------------------------------------------------------

// Called from the thread that runs the target, in order.
class Progress {
 public:
  virtual ~Progress() = default;
  virtual void waiting_for(const Message& what) = 0;   // "the broker to restart"
  virtual void probing(const StageSpec& /*stage*/) {}  // its checks are tried from now on
  // From here on verdicts are final. Observing, that is after the last stage was probed.
  virtual void stage_started(const StageSpec& stage) = 0;
  virtual void check_done(const CheckResult& check) = 0;
  virtual void stage_done(const StageResult& stage) = 0;
};

}  // namespace mqtts
