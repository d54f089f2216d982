// What decides which checks of an audit can be made: the ports that answer, and whether the server may be trusted.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/audit/audit_plan.h"
#include "harness/model/interfaces.h"
#include "harness/model/target.h"
#include "harness/util/deadline.h"

namespace mqtts::audit {

struct FirstLook {
  bool tls_answers = false;    // the TLS port takes connections, at one of the broker's addresses
  bool plain_answers = false;  // the same for the other one
  // The server has proven to hold the key of a certificate that a CA of the file has signed, for the broker's name.
  bool is_trusted = false;
  bool is_trust_known = true;         // as Given has it
  bool asks_for_certificate = true;  // as Given has it

  std::string broker;  // "mosquitto 2.0.11", as TargetResult has it; empty: not known
  Message known_by;    // what tells so

  // Who looked: with the login where it may be sent; none: nobody, as nothing answers.
  std::optional<Client> client;
};

// With what the user gives. Looks at the secure WebSocket port where the TLS port does not answer, then at those
// without TLS. The password is sent in clear only where nothing with TLS answers and the user has named such a port,
// and by TLS only to a server that is trusted. A name that has no address answers nowhere. A WireProber must have been
// constructed. Ends by `deadline`.
FirstLook first_look(const MqttAddress& broker, const Given& given, const Deadline& deadline);

// Name and version of the broker that speaks so of itself; empty: none that we know. The text may be hostile.
std::string broker_in(std::string_view version);

}  // namespace mqtts::audit
