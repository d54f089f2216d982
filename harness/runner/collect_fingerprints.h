// What a broker showed of itself that no other student's should have: a pure function.
#pragma once

#include <vector>

#include "harness/model/report.h"

namespace mqtts::runner {

// Those that `target` has already, then of the certificates that its broker sent, in the order in which they were seen:
// "server-key" and "ca-key" (PeerCertificate::key_sha256 of the leaf, and of a certificate behind it that has issued
// the leaf or itself), and "certificate-serial" where it is too long to be the same by chance. None twice. For a broker
// that was observed: one that a run has set up has the run's own certificates.
std::vector<Fingerprint> traits_of(const TargetResult& target);

}  // namespace mqtts::runner
