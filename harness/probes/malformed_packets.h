// Packets that break MQTT, as data. None leaves anything on a broker that takes it.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "harness/model/reasons.h"

namespace mqtts::probes {

enum class When {
  instead_of_connect,
  after_connack
};

struct MalformedPacket {
  std::string_view name;
  When when{};
  std::optional<MqttVersion> version;  // none: both
  std::string_view bytes;
  std::string_view broken;  // statement or section of the standard: of MQTT 3.1.1, or of 5.0 if only that has it
};

std::span<const MalformedPacket> malformed_packets();

}  // namespace mqtts::probes
