// The version of a broker.
#pragma once

#include <string>

namespace mqtts::brokers {

struct BrokerVersion {
  int major = 0;
  int minor = 0;
  int patch = 0;
  std::string text;  // as the broker tells it: "2.0.11", "2.1.0rc3"
  bool operator==(const BrokerVersion&) const = default;
};

}  // namespace mqtts::brokers
