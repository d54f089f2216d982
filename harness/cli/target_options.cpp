#include "harness/cli/target_options.h"

#include <CLI/CLI.hpp>

namespace mqtts::cli {

std::shared_ptr<targets::TargetOptions> add_target_options(CLI::App& command) {
  auto options = std::make_shared<targets::TargetOptions>();
  command.add_option(
      "--target", options->name,
      "`embedded` (default: a private broker on this machine), `container[:IMAGE]`, "
      "`vagrant[:DIR][#MACHINE]`, `ssh://user@host[:port]`, `mqtts://host[:port]` or `mqtt://host[:port]` "
      "(for `run --observe` and `audit`), or a target file");
  add_login_options(command, *options);
  return options;
}

void add_login_options(CLI::App& command, targets::TargetOptions& options) {
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

}  // namespace mqtts::cli
