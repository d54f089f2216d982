// Any bytes as the answer of a broker's host, certificates and keys among them: no crash, and no line break in what a
// finding tells to paste.
#include <cstdint>
#include <cstdlib>

#include "harness/doctor/findings.h"
#include "harness/remote/host_facts.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto facts = mqtts::remote::parse_facts("clock 1\n" + text + "\nend\n");
  if (!facts) return 0;
  mqtts::Target target;
  target.mqtt.host = "127.0.0.1";
  target.ssh = mqtts::SshAddress{};
  target.materials.ca = "host:/ca.crt";
  target.materials.ca_key = "host:/ca.key";
  target.materials.identities["userclient"] = {"host:/client.crt", "host:/client.key"};
  target.materials.accounts["userclient"] = {};
  mqtts::doctor::Facts seen;
  seen.now = 1795558630;
  seen.facts = *facts;
  for (const auto& finding : mqtts::doctor::lab_findings(target, seen)) {
    const auto command = finding.fix.args.find("command");
    if (command != finding.fix.args.end() && command->second.find('\n') != std::string::npos) std::abort();
  }
  return 0;
}
