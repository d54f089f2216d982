// Any bytes as what a broker's host tells of its protection: no crash, and nothing grows without bound.
#include <cstdint>
#include <cstdlib>

#include "harness/remote/security_facts.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (const auto& output : {text, "clock 1\n" + text + "\nend\n"}) {
    const auto answer = mqtts::remote::parse_security(output);
    if (!answer) continue;
    for (const auto& file : answer->certificates)
      if (file.pem.size() > (64u << 10)) std::abort();
    const auto look = mqtts::remote::security_facts(*answer, {});
    if (look.facts.size() > 23) std::abort();
  }
  return 0;
}
