// Detects changes to the broker from outside: repeated digests of its configuration, the files that this names, and its
// process.
#pragma once

#include <string>
#include <vector>

#include "harness/model/target.h"
#include "harness/remote/broker_host.h"
#include "harness/util/deadline.h"
#include "harness/util/error.h"

namespace mqtts::remote {

// Digests: each change that the broker, or one of our checks, can notice changes one of them.
struct BrokerState {
  std::string configuration;       // the configuration file and its includes
  std::string files;               // state of the files that it names: certificates, keys, passwords, ACLs
  std::string material;            // state of the host's files that our checks need
  std::string process;             // the broker's process id and start; empty: no broker that we may see runs
  bool newer_than_broker = false;  // one of those files changed after the broker's start; to 2 s

  // newer_than_broker follows from the others, and is rounded.
  bool operator==(const BrokerState& other) const {
    return configuration == other.configuration && files == other.files && material == other.material &&
           process == other.process;
  }
};

// `material`: paths of the host. One round trip; changes nothing on the host, and no file content leaves it.
Result<BrokerState> broker_state(SshBrokerHost& host, const BrokerProfile& profile,
                                 const std::vector<std::string>& material, const Deadline& deadline);

// ---- for tests -----------------------------------------------------------------------------------------------------

std::string change_script(const BrokerProfile& profile, const std::vector<std::string>& material);

// ErrorKind::remote if the output is not complete.
Result<BrokerState> parse_broker_state(const std::string& output);

}  // namespace mqtts::remote
