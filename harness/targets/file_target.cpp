#include <filesystem>

#include "harness/targets/load_target.h"
#include "harness/targets/ssh_defaults.h"
#include "harness/targets/target_kind.h"

namespace mqtts::targets {

bool is_file(const std::string&) { return true; }

Opened open_file(const TargetOptions& options, const Deadline&, Interaction&) {
  if (!std::filesystem::exists(options.name))
    return tl::make_unexpected(
        Error{ErrorKind::usage, msg("--target {target}: there is no such file", {{"target", options.name}}),
              msg("give `embedded`, `container`, `vagrant`, `ssh://user@host`, `mqtts://host`, or the path of a target "
                  "file (`mqtts-harness schema target` shows its form)")});
  auto loaded = load_target(options.name, options.profile);
  if (!loaded.target) return tl::make_unexpected(loaded.problems);
  if (loaded.target->ssh)
    if (const auto applied = apply_ssh_options(options, *loaded.target->ssh); !applied)
      return tl::make_unexpected(applied.error());
  return OpenTarget{nullptr, *std::move(loaded.target)};
}

}  // namespace mqtts::targets
