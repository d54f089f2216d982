// Any bytes as the answer of a broker's host: no crash, and nothing grows without bound.
#include <cstdint>
#include <cstdlib>

#include "harness/remote/host_facts.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (const auto& output : {text, "clock 1\n" + text + "\nend\n"}) {
    const auto facts = mqtts::remote::parse_facts(output);
    if (!facts) continue;
    for (const auto* files : {&facts->files, &facts->given})
      for (const auto& file : *files)
        if (file.pem.size() > (64u << 10) || file.public_key.size() > (64u << 10)) std::abort();
  }
  return 0;
}
