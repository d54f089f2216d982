// What of the broker's host no two students should have in common.
#pragma once

#include <string>
#include <vector>

#include "harness/model/grading.h"
#include "harness/model/target.h"
#include "harness/remote/broker_host.h"
#include "harness/util/deadline.h"

namespace mqtts::remote {

// "ssh-host-key": the fingerprint of the server that we are logged in to; "password-hash": SHA-256, in hex, of what
// stands behind the user's name in a line of the broker's password files; "ca-key": of a certificate that its `cafile`
// holds, as PeerCertificate::key_sha256. None twice; what cannot be learnt is left out. One round trip; nothing changes
// over there.
std::vector<Fingerprint> host_traits(SshBrokerHost& host, const BrokerProfile& profile, const Deadline& deadline);

// ---- for tests -----------------------------------------------------------------------------------------------------

std::string traits_script(const BrokerProfile& profile);
std::vector<Fingerprint> parse_traits(const std::string& output);

}  // namespace mqtts::remote
