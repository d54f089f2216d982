// The other user of the probes of sessions.
#pragma once

#include <optional>

#include "harness/model/interfaces.h"
#include "harness/probes/bystander.h"
#include "harness/util/error.h"

namespace mqtts::probes {

// The client of the role "intruder". ErrorKind::missing_material if there is none, or it logs in as the client itself.
Result<Client> intruder_of(const Attempt& attempt);

// One connection past TCP and TLS, with what its CONNECT came to.
Result<Bystander::Guest> log_in_as(const Client& client, const wire::ConnectPacket& packet, wire::TlsOffer offer,
                                   Clock::duration timeout, const Deadline& deadline);

}  // namespace mqtts::probes
