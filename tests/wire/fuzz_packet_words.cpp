// What a peer may send, and what of it is shown: nothing may crash, grow without bound, or hold a control character.
#include <cstdlib>
#include <span>
#include <string>

#include "harness/wire/packet_words.h"

namespace {

using namespace mqtts;
using namespace mqtts::wire;

constexpr std::size_t longest_line = 4'000;

void check(const std::string& text) {
  if (text.size() > longest_line) std::abort();
  for (const char letter : text)
    if (static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f) std::abort();
}

void check(const PacketWords& words) {
  check(words.protocol);
  check(words.summary);
  check(words.inside);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::span<const unsigned char> whole(data, size);
  Conversation at_once;
  check(at_once.add(Direction::to_client, whole));
  Conversation in_parts;
  check(in_parts.add(Direction::to_client, whole.first(size / 2)));
  check(in_parts.add(Direction::to_broker, whole.subspan(size / 2)));
  check(in_parts.add(Direction::to_client, whole.subspan(size / 2)));
  for (const auto content : {TlsContent::alert, TlsContent::handshake, TlsContent::application_data})
    check(in_parts.inside(Direction::to_client, content, whole));
  return 0;
}
