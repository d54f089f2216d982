// What a probe saw, in the words that plans, reports and graders use. A probe sees; it never judges.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/model/facts.h"
#include "harness/model/probe.h"
#include "harness/util/message.h"

namespace mqtts {

enum class Outcome {
  accepted,  // CONNACK success; for an action: what was asked for was delivered and came back intact
  refused,   // somebody said no: see By
  closed,    // the connection ended, and no code said why
  denied,    // connected, but the action was not carried out while a sentinel on the same path was
  timeout,   // no answer in time
  garbled,   // bytes that are not the protocol
};

enum class By {
  broker,    // accepted, denied, garbled, closed: reason "one_client_at_a_time" if publisher and subscriber are let in
             // alone and not together, "websocket_refused" if the upgrade to WebSocket was answered by HTTP alone
  mqtt,      // refused by CONNACK, SUBACK, PUBACK or DISCONNECT; code is the MQTT code
  tls_peer,  // refused by a fatal alert *received from the peer*; code is the alert's number (RFC 8446 section 6)
  tls_self,  // refused by our own side: the peer's certificate or parameters; code is X509_V_ERR_* if it has one
  network,   // TCP refused or unreachable (refused), or no answer (timeout): reason "timed_out" if TCP itself never
             // connected (a firewall), "no_answer" if it did and nothing came back, "not_delivered" if the clients were
             // let in and the message did not arrive, "not_closed" if CONNACK refused and the connection stayed open
};

std::string_view to_string(Outcome);
std::string_view to_string(By);  // with a hyphen: "tls-peer"
std::optional<Outcome> outcome_from(std::string_view);
std::optional<By> by_from(std::string_view);

struct PeerCertificate {
  std::string subject;  // RFC 2253, as OpenSSL prints it; hostile text
  std::string issuer;
  std::string serial;      // lower-case hex, without leading zeros
  std::string sha256;      // fingerprint, lower-case hex without colons
  std::string key_sha256;  // of its SubjectPublicKeyInfo, likewise
  std::string not_before;  // ISO 8601, UTC, "2026-11-22T15:17:23Z"
  std::string not_after;
  // First of a chain only: of the key, of one of the chain, that has truly signed it; empty: that is none of them.
  std::string issuer_key_sha256 = {};
  bool operator==(const PeerCertificate&) const = default;
};

struct TlsFacts {
  std::string version;                 // "TLSv1.2", "TLSv1.3"; empty if no ServerHello was read
  std::string cipher;                  // RFC name, "TLS_AES_256_GCM_SHA384"
  bool certificate_requested = false;  // the server sent a CertificateRequest
  bool certificate_sent = false;       // and we answered it with a certificate
  std::optional<bool> certificate_in_time;  // that one is within its validity, by our clock; none: none was sent
  std::string verified;                // "ok", or the reason name of the verification error; empty if not looked at
  bool key_proven = false;             // the server has signed the handshake with the key of its certificate
  std::string name_match;              // "subjectAltName", "commonName" (fallback: no SAN at all), or empty
  std::vector<PeerCertificate> chain;  // as sent by the peer, leaf first, 16 at most
  Facts certificate = {};  // "certificate.*", of what the peer sent, judged alone; in no report, but for facts_of()
  bool operator==(const TlsFacts&) const = default;
};

enum class EvidenceKind {
  broker_log,  // lines of the broker's log
  paho,        // what the Paho client answered
  tls,         // what our own probe saw of TLS
  reproduce,   // a shell command that shows the same
  note,        // anything else
};

std::string_view to_string(EvidenceKind);  // "broker-log"
std::optional<EvidenceKind> evidence_kind_from(std::string_view);

// A file of this run that is to outlast it.
struct KeptFile {
  std::string file;  // where it is now
  std::string as;    // where a command names it; after "host:", of the broker's host: then it is not ours to keep
  bool operator==(const KeptFile&) const = default;
};

struct Evidence {
  EvidenceKind kind{};
  std::string text;      // another program's words, or a command: redacted, may be hostile; empty if `message` says it
  Message message = {};  // our own words
  std::vector<KeptFile> files = {};  // that a command needs; in no report
  std::string about = {};  // the beginning of the facts that it explains: "host.lint"; empty: of all. In no report
  bool operator==(const Evidence&) const = default;
};

inline Evidence note(Message message) { return {EvidenceKind::note, {}, std::move(message)}; }

enum class Late {
  nothing,
  came,
  unclear  // it could not be waited for to the end
};

// Goes on looking for something that an observation says has not come.
class LateWitness {
 public:
  LateWitness() = default;
  LateWitness(const LateWitness&) = delete;
  LateWitness& operator=(const LateWitness&) = delete;
  virtual ~LateWitness() = default;
  // Waits until its time is up, some seconds at most; the same each time.
  virtual Late wait() = 0;
};

struct Observation {
  Outcome outcome{};
  By by{};
  std::optional<int> code;
  std::string reason;  // standard name of `code`, or of what the network did: "connection_refused"
  std::optional<TlsFacts> tls;
  // What an earlier mistake in the broker's set-up made us set aside for this client and those that lean on it:
  // "server-name" (not compared), "account NAME" (another one logged in), "certificate NAME" (one was issued by the
  // CA's key in its place).
  std::vector<std::string> set_aside = {};
  std::string superseded_by;  // --observe: the later stage whose demands were added to get in; else empty
  std::vector<Evidence> evidence;
  double seconds = 0;
  Facts facts = {};                 // of the probe's kind; see facts_of()
  bool required_client_id = false;  // the broker took no client without an id: one was said. In no report
  // Of a denial that holds only if the message does not come late; none: nothing can change it. In no report; see
  // settle().
  std::shared_ptr<LateWitness> late = {};
  bool operator==(const Observation&) const = default;
};

// Waits for what may come late: then a denied message was delivered, or nothing is known of it. Comes before a verdict.
Late settle(Observation& seen);

// What a plan allows: outcome and who; `reasons` empty allows any. All of `facts` must hold besides. With `reached`,
// whatever became of a client that surely got so far: a check of one layer does not ask for those above it.
struct Expected {
  Outcome outcome{};
  By by{};
  std::vector<std::string> reasons;
  std::vector<Predicate> facts = {};
  std::optional<Layer> reached = {};  // of an accepted client only
  bool operator==(const Expected&) const = default;
};

// True if `seen` is what `wanted` allows: same outcome, same layer, and one of its reasons; or if it got as far as
// `wanted.reached`. Facts are not looked at.
bool matches(const Expected& wanted, const Observation& seen);

// True if one of them asks how far the client got, whatever became of it.
bool asks_for_a_layer(const std::vector<Expected>& expected);

// True if one of them asks for facts, whatever became of the client.
bool asks_for_facts_alone(const std::vector<Expected>& expected);

// How far the client surely got.
Layer layer_of(const Observation& seen);

// The layer that should stop the client: it must not get as far.
Layer barrier_of(const Expected& wanted);

// All facts of an observation: those of its probe, and of every connection "outcome", "by", "reason", "code",
// "tls.version", "tls.cipher", "tls.certificate_requested", "certificate.subject", ".issuer", ".not_before",
// ".not_after", ".name_match", "certificate.verified", "certificate.key_proven", and those of TlsFacts::certificate;
// and "client.foreign_certificate", true: the client's, which the target gives, is not signed by the CA that it gives.
Facts facts_of(const Observation& seen);

// The facts that every connection may have.
const std::vector<FactKind>& connection_facts();

}  // namespace mqtts
