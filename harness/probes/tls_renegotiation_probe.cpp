#include "harness/probes/tls_renegotiation_probe.h"

#include <optional>
#include <string>

#include "harness/probes/evidence.h"
#include "harness/probes/tls_listener.h"
#include "harness/wire/renegotiation.h"

namespace mqtts::probes {
namespace {

using wire::TlsVersion;

Message second_handshake_in_words(const wire::RenegotiationFacts& facts) {
  if (facts.version.empty())
    return msg("no handshake of TLS 1.2 or below was completed: {detail}",
               {{"detail", facts.reason.empty() ? facts.detail : facts.reason}});
  if (facts.accepted == true)
    return msg("{version}: the broker made a second handshake when the client asked for it",
               {{"version", facts.version}});
  if (facts.accepted == false)
    return msg("{version}: the broker refused a second handshake by the TLS alert {reason}",
               {{"version", facts.version}, {"reason", facts.reason}});
  return msg("{version}: after a request for a second handshake nothing was heard that says why: {detail}",
             {{"version", facts.version}, {"detail", facts.detail}});
}

struct RenegotiationSeen {
  std::optional<bool> accepted;
  std::optional<bool> is_secure;
  bool only_tls_1_3 = false;
};

Result<Observation> probe_tls_renegotiation(const Attempt& attempt, const Deadline& deadline) {
  RenegotiationSeen all;
  auto between = between_sound_hellos(attempt, deadline, [&](TlsListener& listener, Observation& seen) -> Result<void> {
    const auto old = listener.find(TlsVersion::tls_1_2, suites_for(TlsVersion::tls_1_2), 1);
    if (!old) return tl::make_unexpected(old.error());
    seen.evidence.push_back(note(in_words("TLSv1.2", old->last)));
    if (!old->hellos.empty()) all.is_secure = old->hellos.front().secure_renegotiation;
    // A server that refuses this version speaks none below it either (RFC 5246 section E.1), and TLS 1.3 has no
    // renegotiation (RFC 8446 section 4.1.2).
    if (!old->knows_version) {
      const auto latest = listener.find(TlsVersion::tls_1_3, suites_for(TlsVersion::tls_1_3), 1);
      if (!latest) return tl::make_unexpected(latest.error());
      all.only_tls_1_3 = !latest->of(TlsVersion::tls_1_3).empty();
      seen.evidence.push_back(note(in_words("TLSv1.3", latest->last)));
      return {};
    }
    const auto facts = wire::try_renegotiation(attempt.client, deadline.within(attempt.timeout));
    if (!facts) return tl::make_unexpected(facts.error());
    all.accepted = facts->accepted;
    seen.evidence.push_back(note(second_handshake_in_words(*facts)));
    return {};
  });
  if (!between) return tl::make_unexpected(between.error());
  auto& seen = between->seen;
  if (all.accepted == true) seen.facts["tls.client_renegotiation"] = true;
  if (between->is_sound && (all.accepted == false || all.only_tls_1_3)) seen.facts["tls.client_renegotiation"] = false;
  if (all.is_secure) seen.facts["tls.secure_renegotiation"] = *all.is_secure;
  seen.evidence.push_back(renegotiation_command(attempt.client));
  return std::move(seen);
}

}  // namespace

ProbeKind tls_renegotiation_kind() {
  return {.name = "tls_renegotiation",
          .facts = {{"tls.client_renegotiation", FactType::flag}, {"tls.secure_renegotiation", FactType::flag}},
          .run = probe_tls_renegotiation};
}

}  // namespace mqtts::probes
