// What a broker may send first: anything. The decoder must neither crash nor ask for more than its limit, and a longer
// input must never change what a shorter one has settled.
#include <cstdlib>

#include "harness/wire/mqtt_packet.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace mqtts;
  using namespace mqtts::wire;
  for (const auto version : {MqttVersion::v3_1_1, MqttVersion::v5_0}) {
    const std::span<const unsigned char> whole(data, size);
    const auto decoded = decode_first_packet(version, whole);
    if (std::holds_alternative<NeedMore>(decoded) && size >= longest_first_packet) std::abort();
    const auto half = decode_first_packet(version, whole.first(size / 2));
    if (!std::holds_alternative<NeedMore>(half) && !(half == decoded)) std::abort();
  }
  return 0;
}
