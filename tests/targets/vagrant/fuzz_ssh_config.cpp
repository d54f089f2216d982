// Any bytes as the output of `vagrant ssh-config`: no crash, and an accepted block has an address.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "harness/targets/vagrant/ssh_config.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto config = mqtts::targets::parse_ssh_config({reinterpret_cast<const char*>(data), size});
  if (!config) return 0;
  if (config->host_name.empty() || config->user.empty() || config->port == 0) std::abort();
  for (const auto& file : config->identity_files)
    if (file.empty() || file.find('\n') != std::string::npos) std::abort();
  return 0;
}
