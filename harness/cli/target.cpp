#include "harness/cli/target.h"

#include <algorithm>

#include "harness/cli/targets/kinds.h"

namespace mqtts::cli {
namespace {

// The first that is meant is taken.
constexpr TargetKind kinds[] = {
    {"embedded", is_embedded, open_embedded},
    {"FILE", is_file, open_file},
};

}  // namespace

std::shared_ptr<TargetOptions> add_target_options(CLI::App& command) {
  auto options = std::make_shared<TargetOptions>();
  command.add_option("--target", options->name,
                     "`embedded` (default: a private broker on this machine) or a target file");
  command
      .add_option("--profile", options->profile,
                  "How the broker is driven: mosquitto, mosquitto-bare, mosquitto-service, or a profile's JSON file")
      ->type_name("NAME|FILE");
  return options;
}

tl::expected<OpenTarget, int> open_target(const TargetOptions& options, const Deadline& deadline,
                                          const reports::Words& words) {
  return std::ranges::find_if(kinds, [&](const auto& kind) { return kind.is_meant(options.name); })
      ->open(options, deadline, words);
}

}  // namespace mqtts::cli
