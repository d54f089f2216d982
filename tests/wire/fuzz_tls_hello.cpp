// What a listener may answer to a ClientHello: anything. The decoder must neither crash nor ask for more than its
// limit, a longer input must never change what a shorter one has settled, and a ServerHello must choose what was
// offered.
#include <algorithm>
#include <cstdlib>

#include "harness/wire/tls_hello.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace mqtts::wire;
  const std::string random(96, '\0');
  for (const auto version : all_tls_versions) {
    const ClientHello asked{.versions = {version}, .suites = {0x1301, 0xC02F, 0x000A}, .random = random};
    const std::span<const unsigned char> whole(data, size);
    const auto reply = decode_hello_reply(asked, whole);
    if (std::holds_alternative<NeedMore>(reply) && size >= longest_hello_reply) std::abort();
    const auto half = decode_hello_reply(asked, whole.first(size / 2));
    if (!std::holds_alternative<NeedMore>(half) && !(half == reply)) std::abort();
    const auto* hello = std::get_if<ServerHello>(&reply);
    if (hello != nullptr &&
        (hello->version > version || std::ranges::find(asked.suites, hello->suite) == asked.suites.end()))
      std::abort();
  }
  return 0;
}
