#include "harness/probes/evidence.h"

#include <algorithm>

#include "harness/util/shell_quote.h"

namespace mqtts::probes {
namespace {

std::string base_name(const std::string& path, const std::string& otherwise) {
  const auto name = path.substr(path.find_last_of('/') + 1);
  return shell_word(name.empty() ? otherwise : name);
}

std::string mosquitto_client(const std::string& program, const Client& client) {
  std::string line = program + " -h " + shell_word(client.name) + " -p " + std::to_string(client.port) +
                     (client.mqtt == MqttVersion::v5_0 ? " -V mqttv5" : " -V mqttv311");
  if (client.tls && client.trust) line += " --cafile " + base_name(client.trust->file, "ca.crt");
  if (client.tls && !client.trust) line += " --tls-use-os-certs --insecure";
  if (client.tls && client.identity)
    line += " --cert " + base_name(client.identity->certificate.file, "client.crt") + " --key " +
            base_name(client.identity->key.file, "client.key");
  if (client.user_name) line += " -u " + shell_word(*client.user_name);
  if (client.password) line += " -P \"$PASSWORD\"";
  return line;
}

const char* yes_or_no(bool fact) { return fact ? "yes" : "no"; }

}  // namespace

std::string summary(const wire::ConnectionFacts& facts) {
  std::string text(to_string(facts.outcome));
  if (facts.outcome == Outcome::refused) text += " by " + std::string(to_string(facts.by));
  if (facts.code) text += " with " + std::to_string(*facts.code);
  if (!facts.reason.empty()) text += " (" + facts.reason + ")";
  return text;
}

std::string summary(const wire::PahoAnswer& answer) {
  switch (answer.outcome) {
    case wire::PahoOutcome::done: return "accepted";
    case wire::PahoOutcome::refused: return "refused by mqtt with " + std::to_string(answer.code);
    case wire::PahoOutcome::failed: return "failed with " + std::to_string(answer.code) + ": " + answer.detail;
    case wire::PahoOutcome::timed_out: break;
  }
  return "timeout";
}

std::string tls_summary(const wire::ConnectionFacts& facts) {
  const auto& tls = *facts.tls;
  std::string text = tls.version.empty() ? "no ServerHello" : tls.version + " " + tls.cipher;
  text += std::string("; client certificate requested: ") + yes_or_no(tls.certificate_requested) +
          ", sent: " + yes_or_no(tls.certificate_sent);
  text += "; server certificate: " + (tls.verified.empty() ? "not verified" : tls.verified);
  if (!tls.name_match.empty()) text += ", name found in " + tls.name_match;
  if (facts.outcome == Outcome::refused) text += "; " + summary(facts);
  if (!facts.detail.empty()) text += "; " + facts.detail;
  return text;
}

std::string mosquitto_pub_line(const Client& client, const std::string& topic) {
  return mosquitto_client("mosquitto_pub", client) + " -t " + shell_word(topic.empty() ? "mqtts-harness" : topic) +
         " -m hello";
}

std::string mosquitto_sub_line(const Client& client, const std::string& topic) {
  return mosquitto_client("mosquitto_sub", client) + " -C 1 -t " + shell_word(topic);
}

// Under TLS 1.3 the server's verdict comes late: without the sleep, s_client leaves before it has read it.
std::string s_client_line(const Client& client) {
  const bool v6 = client.address.find(':') != std::string::npos;
  std::string line = "sleep 1 | openssl s_client -brief -connect " +
                     shell_word(v6 ? "[" + client.address + "]" : client.address) + ":" + std::to_string(client.port);
  if (client.trust) line += " -verify_return_error -CAfile " + base_name(client.trust->file, "ca.crt");
  if (client.identity)
    line += " -cert " + base_name(client.identity->certificate.file, "client.crt") + " -key " +
            base_name(client.identity->key.file, "client.key");
  return line;
}

Observation to_observation(const wire::ConnectionFacts& facts, const Client& client) {
  Observation seen{
      .outcome = facts.outcome, .by = facts.by, .code = facts.code, .reason = facts.reason, .tls = facts.tls};
  if (facts.tls) seen.evidence.push_back({EvidenceKind::tls, tls_summary(facts)});
  if (!facts.tls && !facts.detail.empty()) seen.evidence.push_back({EvidenceKind::note, facts.detail});
  const bool ended_below_mqtt = facts.outcome != Outcome::accepted && facts.by != By::mqtt;
  seen.evidence.push_back({EvidenceKind::reproduce,
                           client.tls && ended_below_mqtt ? s_client_line(client) : mosquitto_pub_line(client, {})});
  return seen;
}

}  // namespace mqtts::probes
