// Fingerprints of the broker's host that no two students should share.
#pragma once

#include <string>
#include <vector>

#include "harness/model/grading.h"
#include "harness/model/target.h"
#include "harness/remote/broker_host.h"
#include "harness/util/deadline.h"

namespace mqtts::remote {

// Returns "ssh-host-key": the fingerprint of the SSH server of this login; "password-hash": SHA-256, in hex, of what
// follows the user's name in a line of the broker's password files; "ca-key": of a certificate in its `cafile`, as
// PeerCertificate::key_sha256. No duplicates; what cannot be learnt is left out. One round trip; changes nothing on the
// host.
std::vector<Fingerprint> host_fingerprints(SshBrokerHost& host, const BrokerProfile& profile, const Deadline& deadline);

// ---- for tests -----------------------------------------------------------------------------------------------------

std::string fingerprints_script(const BrokerProfile& profile);
std::vector<Fingerprint> parse_fingerprints(const std::string& output);

}  // namespace mqtts::remote
