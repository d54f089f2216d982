#include "harness/cli/target.h"

#include <algorithm>

#include <CLI/CLI.hpp>

#include "harness/cli/targets/kinds.h"
#include "harness/cli/targets/ssh_options.h"

namespace mqtts::cli {
namespace {

// The first that is meant is taken.
constexpr TargetKind kinds[] = {
    {"embedded", is_embedded, open_embedded, embedded_to_be},
    {"container[:IMAGE]", is_container, open_container, container_to_be},
    {"vagrant[:DIR][#MACHINE]", is_vagrant, open_vagrant},
    {"ssh://user@host[:port]", is_ssh, open_ssh},
    {"mqtts://host[:port]", is_mqtt, open_mqtt},
    {"FILE", is_file, open_file},
};

const TargetKind& kind_of(const TargetOptions& options) {
  return *std::ranges::find_if(kinds, [&](const auto& kind) { return kind.is_meant(options.name); });
}

}  // namespace

std::shared_ptr<TargetOptions> add_target_options(CLI::App& command) {
  auto options = std::make_shared<TargetOptions>();
  command.add_option(
      "--target", options->name,
      "`embedded` (default: a private broker on this machine), `container[:IMAGE]`, "
      "`vagrant[:DIR][#MACHINE]`, `ssh://user@host[:port]`, `mqtts://host[:port]` or `mqtt://host[:port]` "
      "(for --observe), or a target file");
  add_login_options(command, *options);
  return options;
}

void add_login_options(CLI::App& command, TargetOptions& options) {
  command
      .add_option("--profile", options.profile,
                  "How the broker is driven: mosquitto, mosquitto-bare, mosquitto-service, or a profile's JSON file")
      ->type_name("NAME|FILE");
  const auto group = "The way in by SSH";
  command.add_option("--identity", options.identities, "A private key to log in with (repeatable)")
      ->type_name("FILE")
      ->allow_extra_args(false)
      ->group(group);
  command
      .add_option("--host-key", options.host_key,
                  "strict (default: known_hosts must hold it), accept-new, or its fingerprint, SHA256:…")
      ->type_name("POLICY")
      ->group(group);
  command.add_option("--jump", options.jump, "A host to go through: user@host[:port]")->type_name("HOST")->group(group);
  command
      .add_option("--sudo-password-file", options.sudo_password_file,
                  "A file that only you can read, whose first line is what sudo there asks for")
      ->type_name("FILE")
      ->group(group);
}

tl::expected<OpenTarget, int> find_target(const TargetOptions& options, const Deadline& deadline,
                                          const reports::Words& words) {
  return kind_of(options).open(options, deadline, words);
}

std::optional<BrokerProfile> host_to_be(const TargetOptions& options) {
  const auto to_be = kind_of(options).to_be;
  return to_be != nullptr ? std::optional(to_be()) : std::nullopt;
}

tl::expected<OpenTarget, int> open_target(const TargetOptions& options, const Deadline& deadline,
                                          const reports::Words& words) {
  auto opened = find_target(options, deadline, words);
  if (opened && !opened->own_host && opened->target.ssh) prepare_login(*opened->target.ssh, deadline, words);
  return opened;
}

}  // namespace mqtts::cli
