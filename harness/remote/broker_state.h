// Whether somebody is at work on the broker: its configuration, what that names, and its process, looked at again and
// again.
#pragma once

#include <string>
#include <vector>

#include "harness/model/target.h"
#include "harness/remote/broker_host.h"
#include "harness/util/deadline.h"
#include "harness/util/error.h"

namespace mqtts::remote {

// Digests: of a change that the broker, or one of our checks, can notice, they become others.
struct BrokerState {
  std::string configuration;       // the configuration file and what it includes
  std::string files;               // how the files stand that it names: certificates, keys, passwords, ACLs
  std::string material;            // the same of what our checks need of the host
  std::string process;             // the broker's process id and start; empty: none runs that we may see
  bool newer_than_broker = false;  // one of those files has changed since the broker was started; to 2 s

  // newer_than_broker follows from the others, and is rounded.
  bool operator==(const BrokerState& other) const {
    return configuration == other.configuration && files == other.files && material == other.material &&
           process == other.process;
  }
};

// `material`: paths of the host. One round trip; nothing changes over there, and no content of a file leaves it.
Result<BrokerState> broker_state(SshBrokerHost& host, const BrokerProfile& profile,
                                 const std::vector<std::string>& material, const Deadline& deadline);

// ---- for tests -----------------------------------------------------------------------------------------------------

std::string change_script(const BrokerProfile& profile, const std::vector<std::string>& material);

// ErrorKind::remote if it is not the whole of such a script's output.
Result<BrokerState> parse_broker_state(const std::string& output);

}  // namespace mqtts::remote
