#include <cstdlib>

#include "harness/brokers/profile.h"
#include "harness/targets/container/container_machine.h"
#include "harness/targets/container/image.h"
#include "harness/targets/target_kind.h"
#include "harness/util/private_folder.h"

namespace mqtts::targets {
namespace {

constexpr std::string_view kind = "container";

// Members in reverse order of destruction.
class ContainerManagedHost : public ManagedHost {
 public:
  ContainerManagedHost(PrivateFolder folder, Machine machine)
      : folder_(std::move(folder)), machine_(std::move(machine)) {}
  std::filesystem::path folder() const override { return folder_.path(); }

 private:
  PrivateFolder folder_;
  Machine machine_;
};

// Returns the image to start: the named one, or the default one, which is built if the engine does not have it yet.
Result<std::string> prepare_image(const Engine& engine, const std::string& named, const std::filesystem::path& folder,
                                  const Deadline& deadline, Interaction& interaction) {
  const char* variable = std::getenv("MQTTS_HARNESS_CONTAINER_BASE");
  const std::string base = variable != nullptr ? variable : "";
  const auto image = named.empty() ? image_tag(image_files(), base) : named;
  const auto there = has_image(engine, image, deadline);
  if (!there) return tl::make_unexpected(there.error());
  if (*there) return image;
  interaction.notice(named.empty() ? msg("The image {image} is being built; that is done once.", {{"image", image}})
                                   : msg("The image {image} is being fetched; that is done once.", {{"image", image}}));
  const auto made =
      named.empty() ? build_image(engine, image, base, folder, deadline) : pull_image(engine, image, deadline);
  if (!made) return tl::make_unexpected(made.error());
  return image;
}

// The profile without a service manager: only this program starts the broker.
brokers::LoadedProfile profile_for(const std::string& asked) {
  return brokers::load_profile(asked.empty() ? "mosquitto-bare" : asked, {}, login_user);
}

Result<OpenTarget> start_container(const std::string& named, BrokerProfile profile, const Deadline& deadline,
                                   Interaction& interaction) {
  const auto engine = Engine::find();
  if (!engine) return tl::make_unexpected(engine.error());
  auto folder = PrivateFolder::make();
  if (!folder) return tl::make_unexpected(folder.error());
  const auto image = prepare_image(*engine, named, folder->path(), deadline, interaction);
  if (!image) return tl::make_unexpected(image.error());
  auto machine = Machine::start(*engine, *image, folder->path(), deadline);
  if (!machine) return tl::make_unexpected(machine.error());
  auto target = machine_target(std::string(kind), machine->ports(), folder->path(), std::move(profile));
  return OpenTarget{std::make_unique<ContainerManagedHost>(*std::move(folder), *std::move(machine)), std::move(target)};
}

}  // namespace

bool is_container(const std::string& name) { return name == kind || name.starts_with("container:"); }

Opened open_container(const TargetOptions& options, const Deadline& deadline, Interaction& interaction) {
  const auto named = options.name == kind ? std::string() : options.name.substr(kind.size() + 1);
  // An engine would read such a name as an option.
  if (options.name != kind && (named.empty() || named.starts_with('-')))
    return tl::make_unexpected(
        Error{ErrorKind::usage, msg("--target {target}: this is not the name of an image", {{"target", options.name}}),
              msg("write `container`, or `container:IMAGE`")});
  auto loaded = profile_for(options.profile);
  if (!loaded.profile) return tl::make_unexpected(loaded.problems);
  auto opened = start_container(named, *std::move(loaded.profile), deadline, interaction);
  if (!opened) return tl::make_unexpected(opened.error());
  return *std::move(opened);
}

BrokerProfile container_profile() { return profile_for({}).profile.value(); }

}  // namespace mqtts::targets
