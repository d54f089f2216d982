// What a broker reads, in its own syntax: implemented by each driver of harness/brokers.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/model/materials.h"
#include "harness/util/error.h"

namespace mqtts {

struct BrokerConfiguration {
  std::string text;                  // of the whole file
  std::vector<std::uint16_t> ports;  // TCP ports that a process with this configuration must have opened
};

class BrokerFiles {
 public:
  virtual ~BrokerFiles() = default;
  // Returns the configuration that these lines make, in their order.
  virtual BrokerConfiguration configuration(const std::vector<std::string>& lines) const = 0;
  // Returns the content of a file that holds these accounts. ErrorKind::invalid_input for a user name that the broker
  // would read as something else.
  virtual Result<std::string> account_file(const std::vector<Credentials>& accounts) const = 0;
  // Returns the content of a file that holds these accounts, and what each of them may do; what no rule allows is
  // denied.
  virtual Result<std::string> access_file(const std::vector<Credentials>& accounts,
                                          const std::vector<AccountRules>& rules) const = 0;
};

}  // namespace mqtts
