// What decides which checks of an audit can be made: the ports that answer, and whether the server may be trusted.
#pragma once

#include <string>

#include "harness/model/target.h"
#include "harness/util/deadline.h"

namespace mqtts::audit {

struct FirstLook {
  bool tls_answers = false;    // the TLS port takes connections, at one of the broker's addresses
  bool plain_answers = false;  // the same for the other one
  // The server has proven to hold the key of a certificate that a CA of the file has signed, for the broker's name.
  bool is_trusted = false;
};

// `ca_file`: the CAs that are trusted. A name that has no address answers nowhere. Ends by `deadline`.
FirstLook first_look(const MqttAddress& broker, const std::string& ca_file, const Deadline& deadline);

}  // namespace mqtts::audit
