// Files as a broker could have them: a line each, and ports that lines with a number at their end open.
#pragma once

#include <string>
#include <vector>

#include "harness/model/broker_files.h"
#include "harness/util/parse_number.h"

namespace mqtts::engine {

class PlainBrokerFiles : public BrokerFiles {
 public:
  BrokerConfiguration configuration(const std::vector<std::string>& lines) const override {
    BrokerConfiguration all;
    for (const auto& line : lines) {
      all.text += line + "\n";
      const auto port = number_in<std::uint16_t>(line.substr(line.rfind(' ') + 1));
      if (port) all.ports.push_back(*port);
    }
    return all;
  }
  Result<std::string> access_file(const std::vector<Credentials>&, const std::vector<AccountRules>&) const override {
    return std::string("rights");
  }
  Result<std::string> account_file(const std::vector<Credentials>&) const override { return std::string("users"); }
};

}  // namespace mqtts::engine
