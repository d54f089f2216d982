#include "harness/probes/agreement.h"

#include <openssl/x509_vfy.h>

#include "harness/probes/evidence.h"

namespace mqtts::probes {
namespace {

bool is_name_mismatch(const wire::ConnectionFacts& facts) {
  // NOLINTNEXTLINE(misc-redundant-expression): two macros of different values
  const bool is_name = facts.code == X509_V_ERR_HOSTNAME_MISMATCH || facts.code == X509_V_ERR_IP_ADDRESS_MISMATCH;
  return facts.by == By::tls_self && is_name;
}

bool compatible(const wire::ConnectionFacts& facts, const wire::PahoAnswer& paho) {
  if (is_name_mismatch(facts)) return true;
  switch (paho.outcome) {
    case wire::PahoOutcome::done: return facts.outcome == Outcome::accepted;
    case wire::PahoOutcome::refused: return facts.by == By::mqtt && facts.code == paho.code;
    case wire::PahoOutcome::failed:
    case wire::PahoOutcome::timed_out: return facts.outcome != Outcome::accepted && facts.by != By::mqtt;
  }
  return false;
}

}  // namespace

bool should_confirm_with_paho(const wire::ConnectionFacts& facts, MqttVersion version) {
  if (facts.outcome == Outcome::timeout || facts.outcome == Outcome::garbled) return false;
  return !(version == MqttVersion::v5_0 && facts.by == By::mqtt && facts.code < 0x80);
}

Result<void> agree(const wire::ConnectionFacts& facts, const wire::PahoAnswer& paho) {
  if (compatible(facts, paho)) return {};
  return failure(
      ErrorKind::disagreement,
      msg("Two clients that say the same were treated differently: our probe saw {probe}, Paho saw {paho}",
          {{"probe", summary(facts)}, {"paho", summary(paho)}}),
      msg("Is something between here and the broker, such as a proxy, or does the broker limit connections?"));
}

}  // namespace mqtts::probes
