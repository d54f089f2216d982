#include "harness/engine/fact_sentences.h"

#include <algorithm>
#include <string>
#include <vector>

namespace mqtts::engine {
namespace {

struct FactSentence {
  std::string_view fact;
  Message first;   // true; an empty list; a number that is as demanded
  Message second;  // false; a list with something in it; a number that is not
};

const std::vector<FactSentence>& sentences() {
  static const std::vector<FactSentence> all = {
      {"tls.old_versions", msg("no version of TLS below 1.2 is accepted"), msg("the listener accepts {seen}")},
      {"tls.weak_ciphers", msg("no weak cipher suite is accepted"),
       msg("the listener accepts weak cipher suites: {seen}")},
      {"tls.client_renegotiation", msg("a client can make the broker renegotiate TLS"),
       msg("no client can make the broker renegotiate TLS")},
      {"tls.server_preference", msg("the broker chooses the cipher suite"),
       msg("the client chooses the cipher suite, and not the broker")},
      {"websocket.foreign_origin_accepted", msg("a WebSocket that a foreign web page opens is accepted"),
       msg("a WebSocket that a foreign web page opens is refused")},
      {"certificate.dates_valid", msg("today is within the certificate's validity"),
       msg("today is not within the certificate's validity")},
      {"certificate.name_valid", msg("the certificate is for the broker's name"),
       msg("the certificate is for another name")},
      {"certificate.serves", msg("the certificate may be used by a TLS server"),
       msg("the certificate is not for a TLS server")},
      {"certificate.is_ca", msg("the certificate is that of a CA"), msg("the certificate is not that of a CA")},
      {"certificate.signature_weak", msg("a signature is by a weak digest, such as SHA-1"),
       msg("no signature is by a weak digest")},
      {"certificate.strength_bits", msg("the weakest key that the server sent has a strength of {seen} bits"),
       msg("the weakest key that the server sent has a strength of {seen} bits, and {wanted} are demanded")},
      {"logins.accepted", msg("none of the well-known accounts was let in"),
       msg("well-known accounts were let in: {seen}")},
      {"timing.distinguishable", msg("the time of the answer tells whether a user exists"),
       msg("the time of the answer does not tell whether a user exists")},
      {"guessing.slowed", msg("the broker slows down who guesses passwords"),
       msg("the broker answers the last of many wrong passwords as fast as the first")},
      {"account.opened_by_other_certificate", msg("another client's certificate opens the account"),
       msg("no other client's certificate opens the account")},
      {"session.owner_kept", msg("another user cannot disconnect the client"),
       msg("another user has disconnected the client by its client id")},
      {"session.stolen_messages", msg("no other user got the session's messages"),
       msg("another user got messages of the session: {seen}")},
      {"eavesdrop.heard", msg("another account gets what this one publishes, by subscribing to everything"),
       msg("another account that subscribes to everything does not get what this one publishes")},
      {"system_topics.messages", msg("the client gets nothing of what the broker tells of itself under $SYS"),
       msg("the client reads what the broker tells of itself under $SYS: {seen} messages")},
      {"control.answered", msg("the broker carries out this client's orders on $CONTROL"),
       msg("the broker carries out no order of this client on $CONTROL")},
      {"shared_group.lost", msg("a client without the right to read takes no message away from a group's member"),
       msg("a client without the right to read has joined the group, and the member lost {seen} of 20 messages")},
      {"revocation.delivered", msg("a session still gets messages after its right was taken away"),
       msg("once the right is taken away, the session gets nothing more")},
      {"name_variants.accepted", msg("no variant of the account's name is let in"),
       msg("variants of the account's name are let in, as other users: {seen}")},
      {"client_id_patterns.delivered", msg("no client id gives rights to others' topics"),
       msg("client ids that give rights to others' topics: {seen}")},
      {"session.keep_alive_enforced", msg("a client that falls silent is disconnected in time"),
       msg("a client that falls silent stays connected")},
      {"packet.oversized_refused", msg("the broker refuses a packet that is far too large"),
       msg("the broker takes a packet that is far too large")},
      {"packets.survived", msg("after every malformed packet the broker serves its clients"),
       msg("after malformed packets the broker answers no more")},
      {"packets.kept_open", msg("the broker ends every connection that sends a malformed packet"),
       msg("the broker does not end the connection after: {seen}")},
      {"code_points.accepted", msg("no forbidden character is accepted"),
       msg("forbidden characters are accepted: {seen}")},
      {"slow.kept_open", msg("a client that never ends its CONNECT stays connected"),
       msg("a client that never ends its CONNECT is disconnected")},
      {"flood.accepted_meanwhile", msg("during a flood of connections the broker serves other clients"),
       msg("during a flood of connections the broker does not serve other clients")},
      {"flood.throttled", msg("the broker slows down or ends a flood of messages"),
       msg("the broker takes a flood of messages at full speed")},
      {"capture.contains_payload", msg("who listens on the network reads the message"),
       msg("who listens on the network does not read the message")},
      {"capture.contains_password", msg("who listens on the network reads the password"),
       msg("who listens on the network does not read the password")},
      {"host.keys_exposed", msg("no other user can read or replace the private keys"),
       msg("private keys that others can read or replace: {seen}")},
      {"host.password_files_exposed", msg("no other user can read or replace the password files"),
       msg("password files that others can read or replace: {seen}")},
      {"host.dynsec_files_exposed", msg("no other user can read or replace the file of the dynamic security plug-in"),
       msg("others can read or replace the file of the dynamic security plug-in: {seen}")},
      {"host.weak_password_hashes", msg("no password has a weak hash"), msg("passwords with a weak hash: {seen}")},
      {"host.ca_keys", msg("no private key of a CA was found beside the broker's certificates"),
       msg("private keys of a CA: {seen}")},
      {"host.broker_is_root", msg("the broker runs as root"), msg("the broker does not run as root")},
      {"host.lint", msg("no mistake was found in the configuration"), msg("mistakes in the configuration: {seen}")},
      {"host.known_flaws", msg("no serious flaw of this version is known"), msg("known flaws of this version: {seen}")},
      {"host.firewall_open", msg("no port is open in the firewall besides those that are needed"),
       msg("the firewall lets other ports in: {seen}")},
      {"host.log_records_logins", msg("the log has logins, with their time"), msg("the log has no logins")},
      {"host.log_secrets", msg("no secret was found in the log"), msg("secrets in the log: {seen}")},
      {"host.open_ports", msg("no other port is open to other machines"),
       msg("other ports are open to other machines: {seen}")},
  };
  return all;
}

bool is_first(const FactValue& seen, Demand demand) {
  if (const auto* flag = std::get_if<bool>(&seen)) return *flag;
  if (const auto* list = std::get_if<std::vector<std::string>>(&seen)) return list->empty();
  return demand == Demand::met;
}

}  // namespace

Message sentence_of(std::string_view fact, const FactValue& seen, Demand demand, const FactValue& wanted) {
  const auto found = std::ranges::find(sentences(), fact, &FactSentence::fact);
  if (found == sentences().end()) return {};
  auto sentence = is_first(seen, demand) ? found->first : found->second;
  sentence.args = {{"seen", to_text(seen)}, {"wanted", to_text(wanted)}};
  return sentence;
}

}  // namespace mqtts::engine
