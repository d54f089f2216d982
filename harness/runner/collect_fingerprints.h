// Collects the fingerprints that no other student's broker should share. Pure.
#pragma once

#include <vector>

#include "harness/model/report.h"

namespace mqtts::runner {

// Returns those that `target` has already, then those of the certificates that its broker sent, in the observed order:
// "server-key" and "ca-key" (PeerCertificate::key_sha256 of the leaf, and of a later certificate that issued the leaf
// or itself), and "certificate-serial" if it is too long to be equal by chance. No duplicates. For observed brokers: a
// broker that a run has configured has the run's own certificates.
std::vector<Fingerprint> fingerprints_of(const TargetResult& target);

}  // namespace mqtts::runner
