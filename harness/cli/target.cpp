#include "harness/cli/target.h"

#include <algorithm>

#include "harness/cli/targets/kinds.h"

namespace mqtts::cli {
namespace {

// The first that is meant is taken.
constexpr TargetKind kinds[] = {
    {"embedded", is_embedded, open_embedded, embedded_to_be},
    {"container[:IMAGE]", is_container, open_container, container_to_be},
    {"FILE", is_file, open_file},
};

const TargetKind& kind_of(const TargetOptions& options) {
  return *std::ranges::find_if(kinds, [&](const auto& kind) { return kind.is_meant(options.name); });
}

}  // namespace

std::shared_ptr<TargetOptions> add_target_options(CLI::App& command) {
  auto options = std::make_shared<TargetOptions>();
  command.add_option("--target", options->name,
                     "`embedded` (default: a private broker on this machine), `container[:IMAGE]` or a target file");
  return options;
}

tl::expected<OpenTarget, int> open_target(const TargetOptions& options, const Deadline& deadline,
                                          const reports::Words& words) {
  return kind_of(options).open(options, deadline, words);
}

std::optional<BrokerProfile> host_to_be(const TargetOptions& options) {
  const auto to_be = kind_of(options).to_be;
  return to_be != nullptr ? std::optional(to_be()) : std::nullopt;
}

}  // namespace mqtts::cli
