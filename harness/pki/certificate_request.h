// What a plan says of a certificate, as a request for one.
#pragma once

#include <string>

#include "harness/model/plan.h"
#include "harness/pki/mint.h"
#include "harness/util/clock.h"

namespace mqtts::pki {

// `seed`: source of the serial number; empty: random. `host`: the clock by which the dates must hold, too.
CertificateRequest request_of(const CertificateSpec& spec, const std::string& seed, ClockSkew host);

}  // namespace mqtts::pki
