#include "harness/targets/open_target.h"

#include <algorithm>

#include "harness/targets/ssh_defaults.h"
#include "harness/targets/target_kind.h"

namespace mqtts::targets {
namespace {

// The first kind that matches is used.
constexpr TargetKind kinds[] = {
    {"embedded", is_embedded, open_embedded, embedded_profile},
    {"container[:IMAGE]", is_container, open_container, container_profile},
    {"vagrant[:DIR][#MACHINE]", is_vagrant, open_vagrant},
    {"ssh://user@host[:port]", is_ssh, open_ssh},
    {"mqtts://host[:port]", is_mqtt, open_mqtt},
    {"FILE", is_file, open_file},
};

const TargetKind& kind_of(const TargetOptions& options) {
  return *std::ranges::find_if(kinds, [&](const auto& kind) { return kind.matches(options.name); });
}

}  // namespace

Opened find_target(const TargetOptions& options, const Deadline& deadline, Interaction& interaction) {
  return kind_of(options).open(options, deadline, interaction);
}

std::optional<BrokerProfile> planned_profile(const TargetOptions& options) {
  const auto planned_profile = kind_of(options).planned_profile;
  return planned_profile != nullptr ? std::optional(planned_profile()) : std::nullopt;
}

Opened open_target(const TargetOptions& options, const Deadline& deadline, Interaction& interaction) {
  auto opened = find_target(options, deadline, interaction);
  if (opened && !opened->managed_host && opened->target.ssh) prepare_login(*opened->target.ssh, deadline, interaction);
  return opened;
}

}  // namespace mqtts::targets
