#include "harness/targets/embedded/launcher.h"
#include "harness/targets/load_target.h"
#include "harness/targets/target_kind.h"

namespace mqtts::targets {
namespace {

class EmbeddedManagedHost : public ManagedHost {
 public:
  explicit EmbeddedManagedHost(EmbeddedHost host) : host_(std::move(host)) {}
  std::filesystem::path folder() const override { return std::filesystem::path(host_.target_file()).parent_path(); }

 private:
  EmbeddedHost host_;
};

}  // namespace

bool is_embedded(const std::string& name) { return name == "embedded"; }

BrokerProfile embedded_profile() {
  return {.stop_command = "kill $(cat mosquitto.pid)", .start_command = "mosquitto -c ${configuration} -d"};
}

Opened open_embedded(const TargetOptions& options, const Deadline& deadline, Interaction&) {
  if (!options.profile.empty())
    return tl::make_unexpected(Error{ErrorKind::usage, msg("--profile has no meaning for the embedded host"),
                                     msg("it starts a broker of its own: give a --target, or leave --profile out")});
  auto host = EmbeddedHost::start(deadline);
  if (!host) return tl::make_unexpected(host.error());
  auto loaded = load_target(host->target_file());
  if (!loaded.target) return tl::make_unexpected(loaded.problems);
  return OpenTarget{std::make_unique<EmbeddedManagedHost>(std::move(*host)), *std::move(loaded.target)};
}

}  // namespace mqtts::targets
